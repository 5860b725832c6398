import { useInfiniteQuery } from '@tanstack/react-query'
import { listFrequencyPolicies, type StoredPolicy } from '@/api/generated'
import { DataTable, EmptyState, ErrorState, Loading } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from './texts'

const pageSize = 20

/** Every version of the rules, with who put it in force. */
export function History() {
  const t = useText()
  const format = useFormat()
  const pages = useInfiniteQuery({
    queryKey: ['frequency history'],
    queryFn: async ({ pageParam, signal }) => {
      const query = { before: pageParam, limit: pageSize }
      return (await listFrequencyPolicies({ query, signal, throwOnError: true })).data
    },
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => (page.length < pageSize ? undefined : page.at(-1)?.version),
  })
  if (pages.isPending) return <Loading />
  if (pages.isError) return <ErrorState error={pages.error} onRetry={() => pages.refetch()} />
  const versions = pages.data.pages.flat()
  if (!versions.length)
    return <EmptyState title={t('history_empty')}>{t('history_empty_reason')}</EmptyState>
  return (
    <DataTable<StoredPolicy>
      caption={t('history')}
      rows={versions}
      rowKey={(one) => one.version}
      onMore={pages.hasNextPage ? () => void pages.fetchNextPage() : undefined}
      isLoadingMore={pages.isFetchingNextPage}
      columns={[
        {
          id: 'version',
          header: t('rules'),
          cell: ({ version, policy }) =>
            `${t('version', { number: version })}: ${t('version_what', {
              caps: policy.caps?.length ?? 0,
              quiet: policy.quiet_hours?.length ?? 0,
            })}`,
        },
        { id: 'by', header: t('changed_by'), cell: (one) => one.changed_by },
        {
          id: 'at',
          header: t('changed_at'),
          cell: (one) => (one.changed_at ? format.instant(one.changed_at) : '–'),
        },
      ]}
    />
  )
}
