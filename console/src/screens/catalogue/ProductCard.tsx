import type { Product } from '@/api/generated'
import { TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { Picture } from './Picture'
import styles from './ProductCard.module.css'
import { titleOf } from './product'
import { useText } from './texts'

export function ProductCard({ product }: { product: Product }) {
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
      <p className={styles.price}>
        {price ? format.money(price.amount_minor, price.currency) : t('no_price')}
      </p>
      <Stock stock={product.stock} />
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
