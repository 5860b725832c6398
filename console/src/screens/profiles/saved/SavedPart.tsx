import { useQuery } from '@tanstack/react-query'
import type { PersonAnswer, SavedProduct } from '@/api/generated'
import { getSavedOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Badge, type Column, DataTable, Loaded, Section, type Tone } from '@/design'
import { isWebAddress } from '@/design/addresses'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import styles from './saved.module.css'
import { useText } from './texts'

const tones: Record<string, Tone> = { available: 'good', sold_out: 'late', unknown: 'neutral' }

export default function SavedPart({ person }: { person: PersonAnswer }) {
  const t = useText()
  const format = useFormat()
  const saved = useQuery(getSavedOptions({ path: { profile_id: person.id } }))
  return (
    <Loaded query={saved}>
      {({ cart, favourites, compared, searches }) => (
        <>
          {[cart, favourites, compared, searches].every((place) => place.length === 0) && (
            <Section title={t('nothing')}>
              <p>{t('nothing_how')}</p>
            </Section>
          )}
          <Products title={t('cart')} note={t('cart_note')} products={cart} isCart />
          <Products title={t('favourites')} products={favourites} />
          <Products title={t('compared')} products={compared} />
          {searches.length > 0 && (
            <Section title={t('searches')}>
              <ul>
                {searches.map((search) => (
                  <li key={search.id}>
                    {search.name || search.id}{' '}
                    <small className={styles.soft}>{format.day(search.saved_at)}</small>
                  </li>
                ))}
              </ul>
            </Section>
          )}
        </>
      )}
    </Loaded>
  )
}

interface ProductsProps {
  title: string
  note?: string
  products: SavedProduct[]
  isCart?: boolean
}

function Products({ title, note, products, isCart }: ProductsProps) {
  const t = useText()
  const format = useFormat()
  if (products.length === 0) return null
  const columns: Column<SavedProduct>[] = [
    { id: 'product', header: t('product'), cell: (one) => <Product product={one} /> },
    {
      id: 'quantity',
      header: t('quantity'),
      cell: ({ item }) => format.number(item.quantity),
      isNumber: true,
    },
    { id: 'price', header: t('price'), cell: (one) => <Price product={one} />, isNumber: true },
    {
      id: 'state',
      header: t('state'),
      cell: ({ availability }) => (
        <Badge tone={tones[availability]}>{t(availability as 'unknown')}</Badge>
      ),
    },
    {
      id: 'since',
      header: t('since'),
      cell: ({ item }) => (
        <time dateTime={item.saved_at} title={format.instant(item.saved_at)}>
          {format.ago(item.saved_at)}
        </time>
      ),
    },
  ]
  return (
    <Section title={title} note={note}>
      <DataTable
        caption={title}
        columns={columns.filter((column) => isCart || column.id !== 'quantity')}
        rows={products}
        rowKey={({ item }) => `${item.list_id} ${item.id}`}
      />
    </Section>
  )
}

function Product({ product: { item, title, title_ja, image_url } }: { product: SavedProduct }) {
  const language = useLanguage()
  const name = (language === 'ja' && title_ja) || title || item.name || item.id
  return (
    <span className={styles.product}>
      {image_url && isWebAddress(image_url) && (
        <img src={image_url} alt="" width={40} height={40} loading="lazy" />
      )}
      <span>
        {name}
        <small>{item.list_name || item.list_id}</small>
      </span>
    </span>
  )
}

/** The price now, and the one it had when it was saved where that differs. */
function Price({ product: { price, price_then: then } }: { product: SavedProduct }) {
  const t = useText()
  const format = useFormat()
  if (!price) return '–'
  const now = format.money(price.amount_minor, price.currency)
  const was = then ? format.money(then.amount_minor, then.currency) : now
  return (
    <>
      {now} {was !== now && <small className={styles.soft}>{t('was', { money: was })}</small>}
    </>
  )
}
