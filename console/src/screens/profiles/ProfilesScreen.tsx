import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { listPeople, type PersonLine } from '@/api/generated'
import { listSegmentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import {
  Badge,
  type Column,
  Combobox,
  DataTable,
  EmptyState,
  ErrorState,
  Loading,
  PageHeader,
  SearchField,
  Section,
  TextLink,
} from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import styles from './ProfilesScreen.module.css'
import { useText } from './texts'

interface Wanted {
  q: string
  segment: string
}

export default function ProfilesScreen() {
  const t = useText()
  const wanted = useWanted()
  const navigate = useNavigate()
  const segments = useSegmentNames()
  const query = usePeople(wanted)
  const want = (change: Partial<Wanted>) => {
    const { q, segment } = { ...wanted, ...change }
    const search = { q: q || undefined, segment: segment || undefined }
    navigate({ to: '/profiles', search: search as never, replace: true })
  }
  const total = query.data?.pages[0]?.total
  const isFiltered = Boolean(wanted.q || wanted.segment)
  const isEmpty = !isFiltered && query.data?.pages[0]?.people.length === 0
  return (
    <>
      <PageHeader
        documentTitle={t('title')}
        title={
          isEmpty ? t('empty') : lead(t, wanted, segments[wanted.segment] ?? wanted.segment, total)
        }
        reason={t('recent_reason')}
      />
      <div className={styles.finding}>
        <SearchField label={t('search')} value={wanted.q} onSearch={(q) => want({ q: q.trim() })} />
        <Combobox
          aria-label={t('segment')}
          placeholder={t('any_segment')}
          value={wanted.segment}
          options={Object.entries(segments).map(([value, label]) => ({ value, label }))}
          onChange={(segment) => want({ segment })}
        />
      </div>
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => query.refetch()} />
      ) : query.data ? (
        <People
          people={withoutRepeats(query.data.pages.flatMap((page) => page.people))}
          isFiltered={isFiltered}
          onMore={query.hasNextPage ? () => query.fetchNextPage() : undefined}
          isLoadingMore={query.isFetchingNextPage}
        />
      ) : (
        <Loading lines={8} />
      )}
    </>
  )
}

interface PeopleProps {
  people: PersonLine[]
  isFiltered: boolean
  onMore?: () => void
  isLoadingMore: boolean
}

function People({ people, isFiltered, onMore, isLoadingMore }: PeopleProps) {
  const t = useText()
  const format = useFormat()
  if (people.length === 0) {
    return (
      <Section title={t('title')} isTitleHidden>
        <EmptyState title={t(isFiltered ? 'nobody' : 'empty_begin')}>
          {t(isFiltered ? 'nobody_how' : 'empty_how')}
        </EmptyState>
      </Section>
    )
  }
  const columns: Column<PersonLine>[] = [
    { id: 'name', header: t('person'), cell: (person) => <Name person={person} /> },
    { id: 'place', header: t('place'), cell: (person) => format.place(person) || '–' },
    {
      id: 'seen',
      header: t('last_seen'),
      cell: ({ last_seen_at: at }) =>
        at ? (
          <time dateTime={at} title={format.instant(at)}>
            {format.ago(at)}
          </time>
        ) : (
          '–'
        ),
    },
  ]
  return (
    <DataTable
      caption={t('title')}
      columns={columns}
      rows={people}
      rowKey={(person) => person.id}
      onMore={onMore}
      isLoadingMore={isLoadingMore}
    />
  )
}

function Name({ person }: { person: PersonLine }) {
  const t = useText()
  return (
    <div className={styles.name}>
      <TextLink to="/profiles/$profileId" params={{ profileId: person.id }}>
        {person.name}
      </TextLink>{' '}
      {person.is_simulated && <Badge>{t('simulated')}</Badge>}
      {person.email && person.email !== person.name && <span>{person.email}</span>}
    </div>
  )
}

function useWanted(): Wanted {
  const search: Record<string, unknown> = useSearch({ strict: false })
  return { q: String(search.q ?? ''), segment: String(search.segment ?? '') }
}

function usePeople({ q, segment }: Wanted) {
  return useInfiniteQuery({
    queryKey: ['people', q, segment],
    initialPageParam: undefined as number | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { q, segment, after: pageParam, limit: 50 }
      return (await listPeople({ query, signal, throwOnError: true })).data
    },
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  })
}

function useSegmentNames(): Record<string, string> {
  const language = useLanguage()
  const segments = useQuery(listSegmentsOptions())
  return Object.fromEntries(
    (segments.data ?? []).map((one) => [one.id, language === 'ja' ? one.name_ja : one.name_en]),
  )
}

function lead(
  t: ReturnType<typeof useText>,
  { q, segment }: Wanted,
  name: string,
  total: number | null | undefined,
): string {
  if (q) return typeof total === 'number' ? t('found', { count: total, q }) : t('found_many', { q })
  if (segment && typeof total === 'number') return t('members', { count: total, segment: name })
  return t('recent_lead')
}

/** Somebody who came again while pages were read is shown where they were seen first. */
function withoutRepeats(people: PersonLine[]): PersonLine[] {
  return [...new Map(people.map((person) => [person.id, person])).values()]
}
