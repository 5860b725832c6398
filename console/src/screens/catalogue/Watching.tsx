import { useQuery } from '@tanstack/react-query'
import type { Product, ToldNews, WatcherCounts } from '@/api/generated'
import {
  countProductWatchersOptions,
  listProductNewsOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { NewsLine } from './NewsLine'
import { useText } from './texts'
import styles from './Watching.module.css'

/** Who has a product in favourites, cart or recent views, and what they were told about it. */
export function Watching({ product }: { product: Product }) {
  const t = useText()
  const path = { product_id: product.product_id }
  const counts = useQuery(countProductWatchersOptions({ path }))
  const news = useQuery(
    listProductNewsOptions({ query: { product: product.product_id, page_size: 5 } }),
  )
  return (
    <Section
      title={t('watchers')}
      note={t('watchers_note')}
      aside={<TextLink to="/catalogue-news">{t('all_news')} →</TextLink>}
    >
      <Loaded query={counts} lines={2}>
        {(found) => <Counts counts={found} />}
      </Loaded>
      <Loaded query={news} lines={2}>
        {(found) => <News news={found.news} />}
      </Loaded>
    </Section>
  )
}

function Counts({ counts }: { counts: WatcherCounts }) {
  const t = useText()
  const format = useFormat()
  const { favourite, cart, view, is_more } = counts
  if (favourite + cart + view === 0) return <p className={styles.nobody}>{t('nobody')}</p>
  const ties = [
    ['favourite', favourite],
    ['cart', cart],
    ['view', view],
  ] as const
  return (
    <>
      <dl className={styles.ties}>
        {ties.map(([tie, count]) => (
          <div key={tie}>
            <dt>{t(`tie_${tie}`)}</dt>
            <dd>{format.number(count)}</dd>
          </div>
        ))}
      </dl>
      {is_more && <p className={styles.nobody}>{t('more_watchers')}</p>}
    </>
  )
}

function News({ news }: { news: ToldNews[] }) {
  const t = useText()
  if (news.length === 0) return null
  return (
    <ul className={styles.news} aria-label={t('news')}>
      {news.map((one) => (
        <li key={`${one.event}-${one.item_id}-${one.at}`}>
          <NewsLine news={one} />
        </li>
      ))}
    </ul>
  )
}
