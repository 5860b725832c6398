import type { ReactNode } from 'react'
import type { Product } from '@/api/generated'
import { TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { Picture } from './Picture'
import styles from './ProductCard.module.css'
import { titleOf } from './product'
import { useText } from './texts'

interface Props {
  product: Pick<Product, 'product_id' | 'title' | 'title_ja' | 'price' | 'image_url' | 'stock'>
  /** An article or guide, which has no price to miss. */
  isRead?: boolean
  /** What stands below the price; by default how many there are. */
  children?: ReactNode
}

/** A product as shops show it; the whole card leads to its page. */
export function ProductCard({ product, isRead = false, children }: Props) {
  const t = useText()
  const format = useFormat()
  const title = titleOf(product, useLanguage()) ?? t('no_title', { id: product.product_id })
  const { price } = product
  return (
    <li className={styles.card}>
      <Picture url={product.image_url} title={title} />
      <TextLink
        to="/catalogue/$productId"
        params={{ productId: product.product_id }}
        className={styles.link}
      >
        {title}
      </TextLink>
      {!isRead && (
        <p className={styles.price}>
          {price ? format.money(price.amount_minor, price.currency) : t('no_price')}
        </p>
      )}
      {children ?? <Stock stock={product.stock} />}
    </li>
  )
}

function Stock({ stock }: { stock: number | null }) {
  const t = useText()
  if (stock === null) return null
  return (
    <p className={styles.stock}>
      {stock > 0 ? t('in_stock', { count: stock }) : t('out_of_stock')}
    </p>
  )
}
