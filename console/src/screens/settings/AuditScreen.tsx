import { NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type AuditEntry, listAuditEntries } from '@/api/generated'
import { checkAuditLogOptions } from '@/api/generated/@tanstack/react-query.gen'
import { DataTable, EmptyState, ErrorState, Loading } from '@/design'
import { useFormat } from '@/language/format'
import { useActions, useActors } from './actions'
import { SettingsPage } from './SettingsPage'
import styles from './SettingsPage.module.css'
import { useText } from './texts'

const subjects = [
  'session',
  'member',
  'password',
  'totp',
  'passkey',
  'recovery_codes',
  'key',
  'policy',
  'approval',
] as const

/** What was done, by whom, when and from where; and whether somebody altered the record. */
export default function AuditScreen() {
  const t = useText()
  const format = useFormat()
  const [subject, setSubject] = useState('')
  const check = useQuery(checkAuditLogOptions())
  const pages = useInfiniteQuery({
    queryKey: ['audit log', subject],
    queryFn: async ({ pageParam, signal }) => {
      const query = { before: pageParam, action: subject || undefined }
      return (await listAuditEntries({ query, signal, throwOnError: true })).data
    },
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.before ?? undefined,
  })
  const said = useActions()
  const { actor, detail } = useActors()
  const entries = pages.data?.pages.flatMap((page) => page.entries) ?? []
  const count = check.data?.n_entries ?? 0
  const answer = check.data && (check.data.is_intact ? 'audit_intact' : 'audit_broken')
  return (
    <SettingsPage
      title={answer ? t(answer, { number: check.data?.broken_at ?? 0 }) : t('nav_audit')}
      reason={check.data && t('audit_reason', { count })}
    >
      <div className={styles.block}>
        <div className={styles.form}>
          <NativeSelect
            label={t('audit_subject')}
            value={subject}
            onChange={(event) => setSubject(event.currentTarget.value)}
            data={[
              { value: '', label: t('audit_all') },
              ...subjects.map((one) => ({ value: `${one}.`, label: t(`audit_${one}`) })),
            ]}
          />
        </div>
        {pages.isPending && <Loading />}
        {pages.isError && <ErrorState error={pages.error} onRetry={() => pages.refetch()} />}
        {pages.isSuccess && !entries.length && (
          <EmptyState title={t('audit_empty')}>{t('audit_empty_reason')}</EmptyState>
        )}
        {entries.length > 0 && (
          <DataTable<AuditEntry>
            caption={t('nav_audit')}
            rows={entries}
            rowKey={(one) => one.number}
            onMore={pages.hasNextPage ? () => void pages.fetchNextPage() : undefined}
            isLoadingMore={pages.isFetchingNextPage}
            columns={[
              {
                id: 'action',
                header: t('audit_action'),
                cell: (one) => (
                  <>
                    {said(one.action)}
                    <span className={styles.secondary}>{detail(one.detail) || one.target}</span>
                  </>
                ),
              },
              { id: 'actor', header: t('audit_actor'), cell: (one) => actor(one.actor) },
              { id: 'address', header: t('address'), cell: (one) => one.address || '–' },
              { id: 'at', header: t('audit_at'), cell: (one) => format.instant(one.at) },
            ]}
          />
        )}
      </div>
    </SettingsPage>
  )
}
