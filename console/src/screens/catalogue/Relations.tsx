import type { Product } from '@/api/generated'
import { Facts, Section, TextLink } from '@/design'
import { useText } from './texts'
import styles from './Variants.module.css'

const kinds = ['accessory_of', 'replaces', 'similar_to', 'part_of'] as const

/** Other products that sources say this one goes with. */
export function Relations({ product }: { product: Product }) {
  const t = useText()
  const stated = kinds.filter((kind) => product.relations[kind])
  if (stated.length === 0) return null
  return (
    <Section title={t('relations')}>
      <Facts
        facts={stated.map((kind) => [
          t(kind),
          <span key={kind} className={styles.name}>
            {product.relations[kind]?.map((id) => (
              <TextLink key={id} to="/catalogue/$productId" params={{ productId: id }}>
                {id}
              </TextLink>
            ))}
          </span>,
        ])}
      />
    </Section>
  )
}
