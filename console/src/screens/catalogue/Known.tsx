import type { ReactNode } from 'react'
import type { Product } from '@/api/generated'
import { Facts, Section } from '@/design'
import { isWebAddress } from '@/design/addresses'
import { useFormat } from '@/language/format'
import { useText } from './texts'

/** What is known of a product; what nobody said is left out, but for what every shop knows. */
export function Known({ product }: { product: Product }) {
  const t = useText()
  const facts = [...useNames(product), ...useTerms(product)]
  return (
    <Section title={t('facts')}>
      <Facts facts={facts.filter((one): one is [string, ReactNode] => one[1] !== null)} />
    </Section>
  )
}

type Fact = [string, ReactNode | null]

function useNames(product: Product): Fact[] {
  const t = useText()
  const { url } = product
  return [
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
    [t('sku'), product.sku ? <code key="sku">{product.sku}</code> : null],
    [
      t('page'),
      url?.startsWith('http') && isWebAddress(url) ? (
        <a key="page" href={url} target="_blank" rel="noreferrer">
          {t('open_page')} ↗
        </a>
      ) : null,
    ],
  ]
}

function useTerms(product: Product): Fact[] {
  const t = useText()
  const format = useFormat()
  const { price, cost, released_on, preorder_from, preorder_until } = product
  const day = (iso: string | null) => (iso ? format.calendarDay(iso) : '')
  const isMargin = price && cost && price.currency === cost.currency && price.amount_minor > 0
  return [
    [
      t('margin'),
      isMargin
        ? format.percent((price.amount_minor - cost.amount_minor) / price.amount_minor)
        : null,
    ],
    [t('released_on'), released_on ? day(released_on) : null],
    [
      t('preorder'),
      preorder_from
        ? t('from_until', { from: day(preorder_from), until: day(preorder_until) })
        : null,
    ],
    [
      t('consumable'),
      product.is_consumable === null ? null : t(product.is_consumable ? 'yes' : 'no'),
    ],
    [t('sensitive'), product.sensitive_class],
    [t('topic'), product.topic],
    [t('stage'), product.stage],
  ]
}
