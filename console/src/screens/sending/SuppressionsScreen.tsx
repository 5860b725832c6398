import { NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { listSuppressions, type Suppression, type SuppressionReason } from '@/api/generated'
import { countSuppressionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { DataTable, EmptyState, ErrorState, Loading, Section } from '@/design'
import { useFormat } from '@/language/format'
import { OneAddress } from './OneAddress'
import { SendingPage } from './SendingPage'
import styles from './SendingPage.module.css'
import { useText } from './texts'

const pageSize = 50
const closesEverything: SuppressionReason[] = ['bounced', 'manual']

/** Addresses that are never mailed: how many, why, since when, and one of them. */
export default function SuppressionsScreen() {
  const t = useText()
  const format = useFormat()
  const [reason, setReason] = useState<SuppressionReason>()
  const counts = useQuery(countSuppressionsOptions()).data ?? []
  const count = counts.reduce((sum, { n }) => sum + n, 0)
  return (
    <SendingPage
      title={count ? t('suppressed_count', { count }) : t('suppressed_none')}
      reason={t('suppressions_reason')}
    >
      <Section title={t('one_address')} note={t('one_address_note')}>
        <OneAddress />
      </Section>
      <Section title={t('suppressions')}>
        <div className={styles.stack}>
          <div className={styles.form}>
            <NativeSelect
              label={t('reason')}
              value={reason ?? ''}
              onChange={(event) =>
                setReason((event.currentTarget.value || undefined) as SuppressionReason | undefined)
              }
              data={[
                { value: '', label: t('all_reasons') },
                ...counts.map((one) => ({
                  value: one.reason,
                  label: `${t(`suppressed_${one.reason}`)} (${format.number(one.n)})`,
                })),
              ]}
            />
          </div>
          <List reason={reason} />
        </div>
      </Section>
    </SendingPage>
  )
}

function List({ reason }: { reason: SuppressionReason | undefined }) {
  const t = useText()
  const format = useFormat()
  const pages = useInfiniteQuery({
    queryKey: ['suppressions', reason],
    queryFn: async ({ pageParam, signal }) => {
      const query = { reason, after: pageParam, limit: pageSize }
      return (await listSuppressions({ query, signal, throwOnError: true })).data
    },
    initialPageParam: '',
    getNextPageParam: (page) => (page.length < pageSize ? undefined : page.at(-1)?.id),
  })
  if (pages.isPending) return <Loading />
  if (pages.isError) return <ErrorState error={pages.error} onRetry={() => pages.refetch()} />
  const rows = pages.data.pages.flat()
  if (!rows.length)
    return <EmptyState title={t('suppressions_empty')}>{t('suppressions_empty_reason')}</EmptyState>
  return (
    <DataTable<Suppression>
      caption={t('suppressions')}
      rows={rows}
      rowKey={(one) => one.id}
      onMore={pages.hasNextPage ? () => void pages.fetchNextPage() : undefined}
      isLoadingMore={pages.isFetchingNextPage}
      columns={[
        { id: 'reason', header: t('reason'), cell: (one) => t(`suppressed_${one.reason}`) },
        {
          id: 'holds',
          header: t('holds_for'),
          cell: (one) =>
            t(closesEverything.includes(one.reason) ? 'holds_everything' : 'holds_marketing'),
        },
        { id: 'at', header: t('since'), cell: (one) => format.instant(one.at) },
      ]}
    />
  )
}
