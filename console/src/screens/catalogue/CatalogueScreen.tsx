import { NativeSelect } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ProductPage } from '@/api/generated'
import {
  listCatalogueOptions,
  listCategoriesOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState, Loaded, PageHeader, SearchField, TextLink } from '@/design'
import styles from './CatalogueScreen.module.css'
import { ProductCard } from './ProductCard'
import { useText } from './texts'

const pageSize = 48

interface Wish {
  q?: string
  category?: string
  page?: number
}

/** All products, as pictures; searched as you type. */
export default function CatalogueScreen() {
  const t = useText()
  const wish: Wish = useSearch({ strict: false })
  const page = wish.page ?? 1
  const query = {
    search: String(wish.q ?? ''),
    category: wish.category,
    page,
    page_size: pageSize,
  }
  const found = useQuery({ ...listCatalogueOptions({ query }), placeholderData: keepPreviousData })
  const isSearch = Boolean(query.search || query.category)
  const count = found.data?.total
  const title = isSearch ? 'lead_found' : count === 0 ? 'none' : 'lead'
  return (
    <>
      <PageHeader
        title={count === undefined ? t('title') : t(title, { count })}
        documentTitle={t('title')}
        reason={t('reason')}
      />
      {count ? (
        <p className={styles.news}>
          <TextLink to="/catalogue-news">{t('news')} →</TextLink>
        </p>
      ) : null}
      {(isSearch || count !== 0) && <Finder wish={wish} />}
      <Loaded query={found} lines={8}>
        {(products) => <Products found={products} isSearch={isSearch} page={page} wish={wish} />}
      </Loaded>
    </>
  )
}

function Finder({ wish }: { wish: Wish }) {
  const t = useText()
  const navigate = useNavigate()
  const categories = useQuery(listCategoriesOptions())
  const find = (change: Wish) => {
    const next = { ...wish, page: undefined, ...change }
    void navigate({ to: '/catalogue', search: { ...next, q: next.q || undefined }, replace: true })
  }
  return (
    <div className={styles.finder}>
      <SearchField
        label={t('search')}
        placeholder={t('search')}
        value={String(wish.q ?? '')}
        onSearch={(q) => find({ q })}
      />
      <NativeSelect
        aria-label={t('category')}
        value={wish.category ?? ''}
        onChange={(event) => find({ category: event.currentTarget.value || undefined })}
        data={[
          { value: '', label: t('all_categories') },
          ...(categories.data ?? []).map((one) => ({
            value: one.category,
            label: t('in_category', { name: one.category, count: one.n_products }),
          })),
        ]}
      />
    </div>
  )
}

interface ProductsProps {
  found: ProductPage
  isSearch: boolean
  page: number
  wish: Wish
}

function Products({ found, isSearch, page, wish }: ProductsProps) {
  const t = useText()
  if (found.total === 0) {
    return isSearch ? (
      <EmptyState title={t('not_found')}>{t('not_found_how')}</EmptyState>
    ) : (
      <EmptyState>{t('none_how', { command: 'kikubari import products products.csv' })}</EmptyState>
    )
  }
  const pages = Math.ceil(found.total / pageSize)
  return (
    <>
      <ul className={styles.products}>
        {found.products.map((product) => (
          <ProductCard key={product.product_id} product={product} />
        ))}
      </ul>
      {pages > 1 && (
        <nav className={styles.pager} aria-label={t('pages')}>
          {page > 1 && (
            <TextLink to="/catalogue" search={{ ...wish, page: page - 1 }}>
              ← {t('previous')}
            </TextLink>
          )}
          <span>{t('position', { page, pages })}</span>
          {page < pages && (
            <TextLink to="/catalogue" search={{ ...wish, page: page + 1 }}>
              {t('following')} →
            </TextLink>
          )}
        </nav>
      )}
    </>
  )
}
