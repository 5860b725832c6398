import { useQuery } from '@tanstack/react-query'
import type { SourceSummary } from '@/api/generated'
import { listSourceSummariesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { type Column, DataTable, EmptyState, Loaded, PageHeader } from '@/design'
import { useFormat } from '@/language/format'
import { useSourceWords } from '@/language/sources'
import { DataTabs } from '../DataTabs'
import { useText } from '../texts'

export default function SourcesScreen() {
  const t = useText()
  const sources = useQuery(listSourceSummariesOptions())
  const count = sources.data?.length
  return (
    <>
      <DataTabs />
      <PageHeader
        title={
          count === undefined
            ? t('tab_sources')
            : t(count ? 'sources_title' : 'sources_none', { count })
        }
        documentTitle={t('tab_sources')}
        reason={t('sources_reason')}
      />
      <Loaded query={sources}>
        {(found) =>
          found.length ? (
            <SourceTable sources={found} />
          ) : (
            <EmptyState>{t('sources_none_how')}</EmptyState>
          )
        }
      </Loaded>
    </>
  )
}

function SourceTable({ sources }: { sources: SourceSummary[] }) {
  const t = useText()
  const format = useFormat()
  const words = useSourceWords()
  const n = (value: number) => (value ? format.number(value) : '–')
  const columns: Column<SourceSummary>[] = [
    { id: 'name', header: t('source'), cell: (one) => words(one.name) },
    { id: 'kind', header: t('type'), cell: (one) => t(`kind_${one.kind}`) },
    { id: 'since', header: t('since'), cell: (one) => format.day(one.created_at) },
    { id: 'events', header: t('events_count'), cell: (one) => n(one.n_events), isNumber: true },
    {
      id: 'refused',
      header: t('refused_count'),
      cell: (one) => n(one.n_rejected),
      isNumber: true,
    },
    { id: 'broken', header: t('broken'), cell: (one) => n(one.n_violations), isNumber: true },
  ]
  return (
    <DataTable
      caption={t('tab_sources')}
      columns={columns}
      rows={sources}
      rowKey={(one) => one.id}
    />
  )
}
