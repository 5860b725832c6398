import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { getTimeline, type PersonAnswer } from '@/api/generated'
import { getTimelineOverviewOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useShop } from '@/app/session'
import { EmptyState, ErrorState, Loaded, Loading, Section, VirtualList } from '@/design'
import { KindFilter } from './KindFilter'
import { MonthStrip } from './MonthStrip'
import { type Row, toRows } from './rows'
import { TimelineRow } from './TimelineRow'
import { useText } from './texts'
import styles from './timeline.module.css'

const pageSize = 250

export default function TimelinePart({ person }: { person: PersonAnswer }) {
  const t = useText()
  const [type, setType] = useState('')
  const [until, setUntil] = useState('')
  const overview = useQuery(getTimelineOverviewOptions({ path: { profile_id: person.id } }))
  return (
    <Loaded query={overview}>
      {({ total, types, months }) => (
        <Section title={t('title', { count: total })} note={t('note')}>
          {total === 0 ? (
            <EmptyState title={t('none')}>{t('none_how')}</EmptyState>
          ) : (
            <>
              <MonthStrip months={months} chosen={until} onChoose={setUntil} />
              <KindFilter types={types} total={total} chosen={type} onChoose={setType} />
              <Events key={`${type}-${until}`} profileId={person.id} type={type} until={until} />
            </>
          )}
        </Section>
      )}
    </Loaded>
  )
}

interface EventsProps {
  profileId: string
  type: string
  until: string
}

function Events({ profileId, type, until }: EventsProps) {
  const t = useText()
  const query = useTimeline(profileId, type, until)
  const dayOf = useDayOf()
  const pages = query.data?.pages
  const rows = useMemo(
    () =>
      toRows(
        (pages ?? []).flatMap((page) => page.events),
        type ? [] : (pages ?? []).flatMap((page) => page.changes),
        dayOf,
      ),
    [pages, type, dayOf],
  )
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const onNearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  if (query.isError) return <ErrorState error={query.error} onRetry={() => query.refetch()} />
  if (!query.data) return <Loading lines={10} />
  if (rows.length === 0) return <EmptyState title={t('nothing')}>{t('nothing_how')}</EmptyState>
  return (
    <div className={styles.list}>
      <VirtualList<Row>
        label={t('timeline')}
        items={rows}
        itemKey={(row) => row.key}
        estimateHeight={44}
        onNearEnd={onNearEnd}
      >
        {(row) => <TimelineRow row={row} />}
      </VirtualList>
      {!hasNextPage && <p className={styles.end}>{t('end')}</p>}
    </div>
  )
}

function useTimeline(profileId: string, type: string, until: string) {
  return useInfiniteQuery({
    queryKey: ['timeline', profileId, type, until],
    initialPageParam: '',
    staleTime: Number.POSITIVE_INFINITY, // pages already read must not move under the reader
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        before: pageParam,
        until: pageParam ? undefined : until || undefined,
        types: type ? [type] : undefined,
        limit: pageSize,
      }
      const path = { profile_id: profileId }
      return (await getTimeline({ path, query, signal, throwOnError: true })).data
    },
    getNextPageParam: (page) => page.next ?? undefined,
  })
}

/** The calendar day of an instant in the shop's zone, as text that sorts. */
function useDayOf(): (iso: string) => string {
  const zone = useShop().timezone
  return useMemo(() => {
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone })
    return (iso) => format.format(new Date(iso))
  }, [zone])
}
