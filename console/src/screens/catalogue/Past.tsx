import { useQuery } from '@tanstack/react-query'
import type { PastOffer, Product } from '@/api/generated'
import { getPastOffersOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Badge, Loaded, Section } from '@/design'
import { useFormat } from '@/language/format'
import { CourseLine } from './CourseLine'
import styles from './Past.module.css'
import { useText } from './texts'

/** What a product costs and how many there are, now in large figures, over time as small lines. */
export function Past({ product }: { product: Product }) {
  const t = useText()
  const query = useQuery(getPastOffersOptions({ path: { product_id: product.product_id } }))
  return (
    <Section title={t('offer')} isTitleHidden>
      <Loaded query={query} lines={3}>
        {({ offers }) => <Offer product={product} offers={offers} />}
      </Loaded>
    </Section>
  )
}

function Offer({ product, offers }: { product: Product; offers: PastOffer[] }) {
  const t = useText()
  const format = useFormat()
  const { price, list_price, stock } = product
  const money = (minor: number) => format.money(minor, price?.currency ?? 'JPY')
  const prices = offers.flatMap((one) =>
    one.price && one.price.currency === price?.currency
      ? [{ at: one.at, value: one.price.amount_minor }]
      : [],
  )
  const stocks = offers.flatMap((one) =>
    one.stock === null ? [] : [{ at: one.at, value: one.stock }],
  )
  return (
    <div className={styles.offer}>
      <div>
        <p className={styles.name}>{t('price')}</p>
        <p className={styles.value}>
          {price ? money(price.amount_minor) : t('unknown')}
          {list_price && <s>{money(list_price.amount_minor)}</s>}
        </p>
        <CourseLine points={prices} label={t('price_course')} write={money} />
      </div>
      <div>
        <p className={styles.name}>{t('stock')}</p>
        <p className={styles.value}>
          {stock === null ? t('unknown') : format.number(stock)}
          {product.availability && (
            <Badge tone={product.availability === 'out_of_stock' ? 'late' : 'neutral'}>
              {t(`is_${product.availability}`)}
            </Badge>
          )}
        </p>
        <CourseLine points={stocks} label={t('stock_course')} write={format.number} />
      </div>
    </div>
  )
}
