import type { Product } from '@/api/generated'
import { Section } from '@/design'
import { Picks } from '../recommendations/Picks'
import { useText } from '../recommendations/texts'
import { useRecommended } from '../recommendations/useRecommended'
import styles from './Around.module.css'

const shown = 3
const kinds = ['goes_with', 'similar', 'next_after'] as const

/** What is recommended to who looks at a product or has bought it. */
export function Around({ product }: { product: Product }) {
  const t = useText()
  const ask = { seeds: [product.product_id], limit: shown, falls_back: false }
  const found = {
    goes_with: useRecommended({ ...ask, strategy: 'goes_with' }).data,
    similar: useRecommended({ ...ask, strategy: 'similar' }).data,
    next_after: useRecommended({ ...ask, strategy: 'next_after' }).data,
  }
  const isKnown = kinds.every((kind) => found[kind])
  const filled = kinds.filter((kind) => found[kind]?.items.length)
  if (!isKnown) return null
  return (
    <Section title={t('around')} note={filled.length > 0 ? t('around_note') : undefined}>
      {filled.length === 0 && <p>{t('around_none')}</p>}
      {filled.map((kind) => (
        <div key={kind} className={styles.kind}>
          <h3>{t(`around_${kind}`)}</h3>
          <Picks items={found[kind]?.items ?? []} strategy={kind} />
        </div>
      ))}
    </Section>
  )
}
