import type { Product, Variant } from '@/api/generated'
import { Badge, DataTable, Section } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from './texts'
import styles from './Variants.module.css'

/** Sizes, colours and packs of a product, each with its own price and stock. */
export function Variants({ product }: { product: Product }) {
  const t = useText()
  const format = useFormat()
  if (product.variants.length === 0) return null
  return (
    <Section title={t('variants')}>
      <DataTable
        caption={t('variants')}
        rows={product.variants}
        rowKey={(variant) => variant.variant_id}
        columns={[
          { id: 'name', header: t('variant'), cell: (variant) => <Name variant={variant} /> },
          {
            id: 'sku',
            header: t('sku'),
            cell: ({ sku, variant_id }) => <code>{sku ?? variant_id}</code>,
          },
          {
            id: 'price',
            header: t('price'),
            isNumber: true,
            cell: ({ price }) =>
              price ? format.money(price.amount_minor, price.currency) : t('unknown'),
          },
          {
            id: 'stock',
            header: t('stock'),
            isNumber: true,
            cell: ({ stock }) => (stock === null ? t('unknown') : format.number(stock)),
          },
        ]}
      />
    </Section>
  )
}

function Name({ variant }: { variant: Variant }) {
  const t = useText()
  const options = Object.values(variant.options).join(' / ')
  const isSoldOut = variant.stock === 0 || variant.availability === 'out_of_stock'
  return (
    <span className={styles.name}>
      {options || variant.title || variant.variant_id}
      {variant.is_gone ? (
        <Badge>{t('gone')}</Badge>
      ) : (
        isSoldOut && <Badge tone="late">{t('out_of_stock')}</Badge>
      )}
    </span>
  )
}
