import { Button, SegmentedControl } from '@mantine/core'
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import { useState } from 'react'
import {
  type AttributeSummary,
  type CatalogueState,
  listAttributes,
  refreshAttributes,
} from '@/api/generated'
import { useMay } from '@/app/session'
import { EmptyState, Loaded, More, PageHeader, SearchField, toast } from '@/design'
import { useFormat } from '@/language/format'
import { DataTabs } from '../DataTabs'
import { useText } from '../texts'
import { AttributeGroups } from './AttributeGroups'
import styles from './AttributesScreen.module.css'
import { AttributeTable } from './AttributeTable'

const pageSize = 500
const filters = ['all', 'traits', 'properties', 'personal', 'drifting'] as const
type Filter = (typeof filters)[number]
const queries = {
  all: {},
  traits: { kind: 'trait' },
  properties: { kind: 'property' },
  personal: { is_classed: true },
  drifting: { is_drifting: true },
} as const

export default function AttributesScreen() {
  const t = useText()
  const [filter, setFilter] = useState<Filter>('all')
  const [search, setSearch] = useState('')
  const found = useInfiniteQuery({
    queryKey: ['attributes', filter, search],
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...queries[filter], search, offset: pageParam, limit: pageSize }
      return (await listAttributes({ query, signal, throwOnError: true })).data
    },
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const shown = pages.reduce((n, page) => n + page.attributes.length, 0)
      return shown < last.total ? shown : undefined
    },
    placeholderData: keepPreviousData,
  })
  const first = found.data?.pages[0]
  const rows = found.data?.pages.flatMap((page) => page.attributes) ?? []
  return (
    <>
      <DataTabs />
      <PageHeader
        title={
          first
            ? t(first.state ? 'attributes_title' : 'not_counted', { count: first.total })
            : t('loading_title')
        }
        documentTitle={t('tab_attributes')}
        reason={first?.state && <Counted state={first.state} />}
        action={<CountNow />}
      />
      <div className={styles.tools}>
        <SearchField label={t('search_attributes')} value={search} onSearch={setSearch} />
        <SegmentedControl
          aria-label={t('filter')}
          value={filter}
          onChange={(value) => setFilter(filters.find((one) => one === value) ?? 'all')}
          data={filters.map((value) => ({ value, label: t(value) }))}
          className={styles.filters}
        />
      </div>
      <Loaded query={found} lines={8}>
        {() =>
          rows.length ? (
            <Rows
              rows={rows}
              isGrouped={search === '' && (filter === 'all' || filter === 'properties')}
              onMore={found.hasNextPage ? () => found.fetchNextPage() : undefined}
              isLoadingMore={found.isFetchingNextPage}
            />
          ) : (
            <NoAttributes isCounted={Boolean(first?.state)} />
          )
        }
      </Loaded>
    </>
  )
}

interface RowsProps {
  rows: AttributeSummary[]
  isGrouped: boolean
  onMore?: () => void
  isLoadingMore: boolean
}

/** What was looked for stands in one table; all there is, by what it is of. */
function Rows({ rows, isGrouped, ...more }: RowsProps) {
  const t = useText()
  if (!isGrouped) {
    return <AttributeTable caption={t('tab_attributes')} attributes={rows} {...more} />
  }
  return (
    <>
      <AttributeGroups attributes={rows} />
      <More count={rows.length} {...more} />
    </>
  )
}

function Counted({ state }: { state: CatalogueState }) {
  const t = useText()
  const format = useFormat()
  const values = {
    ago: format.ago(state.taken_at),
    events: format.number(state.n_events),
    read: format.number(state.n_events_read),
    people: format.number(state.n_profiles),
  }
  const isSample = state.n_events_read < state.n_events
  return t(isSample ? 'counted_sample' : 'counted', values)
}

function NoAttributes({ isCounted }: { isCounted: boolean }) {
  const t = useText()
  return isCounted ? (
    <EmptyState title={t('no_match')}>{t('no_match_how')}</EmptyState>
  ) : (
    <EmptyState>{t('not_counted_how')}</EmptyState>
  )
}

function CountNow() {
  const t = useText()
  const client = useQueryClient()
  const count = useMutation({
    mutationFn: () => refreshAttributes({ throwOnError: true }),
    onSuccess: async () => {
      await client.invalidateQueries()
      toast(t('counted_now'))
    },
  })
  if (!useMay('write')) return null
  return (
    <Button variant="default" loading={count.isPending} onClick={() => count.mutate()}>
      {t('count_now')}
    </Button>
  )
}
