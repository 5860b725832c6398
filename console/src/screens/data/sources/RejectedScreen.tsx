import { useInfiniteQuery } from '@tanstack/react-query'
import { listRejected, type RejectedEvent, type RejectionCount } from '@/api/generated'
import { Bars, type Column, DataTable, EmptyState, Loaded, PageHeader } from '@/design'
import { useFormat } from '@/language/format'
import { DataTabs } from '../DataTabs'
import { useSourceName } from '../sourceNames'
import { useText } from '../texts'
import styles from './RejectedScreen.module.css'

const pageSize = 50

export default function RejectedScreen() {
  const t = useText()
  const rejected = useInfiniteQuery({
    queryKey: ['rejected'],
    queryFn: async ({ pageParam, signal }) => {
      const query = { before_id: pageParam, limit: pageSize }
      return (await listRejected({ query, signal, throwOnError: true })).data
    },
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) =>
      last.events.length === pageSize ? last.events.at(-1)?.id : undefined,
  })
  const counts = rejected.data?.pages[0]?.counts
  const count = counts?.reduce((n, one) => n + one.n_events, 0)
  const title = count ? t('rejected_title', { count }) : t('rejected_title_none')
  return (
    <>
      <DataTabs />
      <PageHeader
        title={count === undefined ? t('tab_rejected') : title}
        documentTitle={t('tab_rejected')}
        reason={t('rejected_reason')}
      />
      <Loaded query={rejected}>
        {({ pages }) =>
          counts?.length ? (
            <>
              <Reasons counts={counts} />
              <RejectedTable
                events={pages.flatMap((page) => page.events)}
                onMore={rejected.hasNextPage ? () => rejected.fetchNextPage() : undefined}
                isLoadingMore={rejected.isFetchingNextPage}
              />
            </>
          ) : (
            <EmptyState title={t('rejected_title_none')}>{t('rejected_none_how')}</EmptyState>
          )
        }
      </Loaded>
    </>
  )
}

function Reasons({ counts }: { counts: RejectionCount[] }) {
  const t = useText()
  const format = useFormat()
  const sourceName = useSourceName()
  return (
    <div className={styles.reasons}>
      <Bars
        title={t('by_reason')}
        headers={[t('reason'), t('count_header')]}
        points={counts.map((one) => ({
          label: `${one.code} – ${sourceName(one.source_id)}`,
          value: one.n_events,
          text: format.number(one.n_events),
        }))}
      />
    </div>
  )
}

interface TableProps {
  events: RejectedEvent[]
  onMore?: () => void
  isLoadingMore: boolean
}

function RejectedTable({ events, ...more }: TableProps) {
  const t = useText()
  const format = useFormat()
  const sourceName = useSourceName()
  const columns: Column<RejectedEvent>[] = [
    {
      id: 'reason',
      header: t('reason'),
      cell: (one) => (
        <span className={styles.reason}>
          {one.code}
          <small lang="en">{one.reason}</small>
        </span>
      ),
    },
    { id: 'path', header: t('at_path'), cell: (one) => <code>{one.path}</code> },
    { id: 'source', header: t('source'), cell: (one) => sourceName(one.source_id) },
    { id: 'at', header: t('when'), cell: (one) => format.instant(one.at) },
    {
      id: 'shape',
      header: t('shape'),
      cell: (one) => (
        <details className={styles.shape}>
          <summary>{t('show_shape')}</summary>
          <code>{one.excerpt}</code>
        </details>
      ),
    },
  ]
  return (
    <DataTable
      caption={t('tab_rejected')}
      columns={columns}
      rows={events}
      rowKey={(one) => one.id}
      {...more}
    />
  )
}
