import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { Product } from '@/api/generated'
import { getProductOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Facts, Loaded, PageHeader, Section } from '@/design'
import { isWebAddress } from '@/design/addresses'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { Picture } from './Picture'
import styles from './ProductScreen.module.css'
import { categoryOf, titleOf } from './product'
import { useText } from './texts'

/** One product and everything sources have said about it. */
export default function ProductScreen() {
  const { productId = '' } = useParams({ strict: false }) as { productId?: string }
  const product = useQuery(getProductOptions({ path: { product_id: productId } }))
  return (
    <Loaded query={product} isPage>
      {(found) => <ProductView product={found} />}
    </Loaded>
  )
}

function ProductView({ product }: { product: Product }) {
  const t = useText()
  const format = useFormat()
  const language = useLanguage()
  const title = titleOf(product, language) ?? t('no_title', { id: product.product_id })
  return (
    <>
      <PageHeader
        title={title}
        reason={[
          categoryOf(product, language),
          t('updated', { when: format.instant(product.updated_at) }),
        ]
          .filter(Boolean)
          .join(' · ')}
        back={{ to: '/catalogue', label: t('title') }}
      />
      <div className={styles.product}>
        <Picture url={product.image_url} title={title} />
        <div>
          <Known product={product} />
          <Others attributes={product.attributes} />
        </div>
      </div>
    </>
  )
}

function Known({ product }: { product: Product }) {
  const t = useText()
  const format = useFormat()
  const { price, stock, url } = product
  const facts: [string, React.ReactNode][] = [
    [t('price'), price ? format.money(price.amount_minor, price.currency) : t('unknown')],
    [t('stock'), stock === null ? t('unknown') : format.number(stock)],
    [t('name_en'), product.title ?? t('unknown')],
    [
      t('name_ja'),
      product.title_ja ? (
        <span key="ja" lang="ja">
          {product.title_ja}
        </span>
      ) : (
        t('unknown')
      ),
    ],
    [t('brand'), product.brand ?? t('unknown')],
    [t('id'), <code key="id">{product.product_id}</code>],
  ]
  if (url?.startsWith('http') && isWebAddress(url)) {
    facts.push([
      t('page'),
      <a key="page" href={url} target="_blank" rel="noreferrer">
        {t('open_page')} ↗
      </a>,
    ])
  }
  return (
    <Section title={t('facts')}>
      <Facts facts={facts} />
    </Section>
  )
}

function Others({ attributes }: { attributes: Product['attributes'] }) {
  const t = useText()
  const stated = Object.entries(attributes)
  if (stated.length === 0) return null
  return (
    <Section title={t('others')}>
      <Facts
        facts={stated.map(([name, value]) => [
          name,
          typeof value === 'string' ? value : JSON.stringify(value),
        ])}
      />
    </Section>
  )
}
