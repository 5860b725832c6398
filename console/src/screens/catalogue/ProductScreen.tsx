import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { Product } from '@/api/generated'
import { getProductOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Facts, Loaded, PageHeader, Section } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { Around } from './Around'
import { Known } from './Known'
import { Past } from './Past'
import { Picture } from './Picture'
import styles from './ProductScreen.module.css'
import { categoryOf, titleOf } from './product'
import { Relations } from './Relations'
import { useText } from './texts'
import { Variants } from './Variants'
import { Wanting } from './Wanting'
import { Watching } from './Watching'

/** One product: how it is offered and was, who watches it, and all that sources said about it. */
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
          product.is_gone ? t('gone') : null,
          t('updated', { when: format.instant(product.updated_at) }),
        ]
          .filter(Boolean)
          .join(' · ')}
        back={{ to: '/catalogue', label: t('title') }}
      />
      <div className={styles.product}>
        <Picture url={product.image_url} title={title} />
        <div>
          <Past product={product} />
          <Watching product={product} />
          <Wanting product={product} title={title} />
          <Variants product={product} />
          <Known product={product} />
          <Relations product={product} />
          <Around product={product} />
          <Others attributes={product.attributes} />
        </div>
      </div>
    </>
  )
}

function Others({ attributes }: { attributes: Product['attributes'] }) {
  const t = useText()
  // Which values the demo shop made up is a note to itself.
  const { simulated_fields: _, ...told } = attributes
  const stated = Object.entries(told)
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
