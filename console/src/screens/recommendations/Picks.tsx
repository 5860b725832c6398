import type { RecommendedItem } from '@/api/generated'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { ProductCard } from '../catalogue/ProductCard'
import { isStrategy } from '../editor/blocks/strategies'
import styles from './Picks.module.css'
import { useText } from './texts'

interface Props {
  items: RecommendedItem[]
  /** What was asked for; an item that another strategy supplied says so. */
  strategy: string
}

/** Recommended products as a reader would see them, each with its reason in the reader's words. */
export function Picks({ items, strategy }: Props) {
  return (
    <ul className={styles.picks}>
      {items.map((item) => (
        <Pick key={item.product.product_id} item={item} strategy={strategy} />
      ))}
    </ul>
  )
}

function Pick({ item, strategy }: { item: RecommendedItem; strategy: string }) {
  const t = useText()
  const format = useFormat()
  const language = useLanguage()
  const { product, reason } = item
  const { share } = reason.facts
  return (
    <ProductCard product={product} isRead={item.strategy === 'content'}>
      <p className={styles.reason}>
        {reason[language]}
        {share ? ` · ${t('share', { share: format.percent(share) })}` : ''}
      </p>
      {item.strategy !== strategy && isStrategy(item.strategy) && (
        <p className={styles.other}>{t('supplied_by', { name: t(`strategy_${item.strategy}`) })}</p>
      )}
    </ProductCard>
  )
}
