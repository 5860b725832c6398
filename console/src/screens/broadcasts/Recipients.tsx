import { useInfiniteQuery } from '@tanstack/react-query'
import { listRecipients, type RecipientAnswer } from '@/api/generated'
import { Badge, type Column, DataTable, Loaded, Section, TextLink, type Tone } from '@/design'
import { useFormat } from '@/language/format'
import styles from './BroadcastsScreen.module.css'
import { useReason } from './state'
import { useText } from './texts'

const pageSize = 25
const outcomes: Record<string, Tone> = {
  sent: 'good',
  skipped: 'neutral',
  failed: 'guard',
  bounced: 'guard',
}

/** What became of every single message. */
export function Recipients({ broadcastId }: { broadcastId: string }) {
  const t = useText()
  const recipients = useInfiniteQuery({
    queryKey: ['recipients', broadcastId],
    queryFn: async ({ pageParam, signal }) => {
      const path = { broadcast_id: broadcastId }
      const query = { after: pageParam, limit: pageSize }
      return (await listRecipients({ path, query, signal, throwOnError: true })).data
    },
    initialPageParam: '',
    getNextPageParam: (page) => (page.length === pageSize ? page.at(-1)?.message_id : undefined),
  })
  const columns = useColumns()
  return (
    <Section title={t('recipients')} note={t('recipients_note')}>
      <Loaded query={recipients}>
        {({ pages }) =>
          pages[0]?.length ? (
            <DataTable
              caption={t('recipients')}
              columns={columns}
              rows={pages.flat()}
              rowKey={(one) => one.message_id}
              onMore={recipients.hasNextPage ? () => recipients.fetchNextPage() : undefined}
              isLoadingMore={recipients.isFetchingNextPage}
            />
          ) : (
            <p>{t('no_recipients')}</p>
          )
        }
      </Loaded>
    </Section>
  )
}

function useColumns(): Column<RecipientAnswer>[] {
  const t = useText()
  const format = useFormat()
  const instant = (iso: string | null) => (iso ? format.instant(iso) : '–')
  return [
    { id: 'person', header: t('person'), cell: (one) => <Person recipient={one} /> },
    { id: 'outcome', header: t('outcome'), cell: (one) => <Outcome recipient={one} /> },
    { id: 'opened', header: t('opened_at'), cell: (one) => instant(one.opened_at) },
    { id: 'clicked', header: t('clicked_at'), cell: (one) => instant(one.clicked_at) },
  ]
}

function Person({ recipient: { person } }: { recipient: RecipientAnswer }) {
  const t = useText()
  if (!person) return t('erased')
  return (
    <>
      <TextLink to="/profiles/$profileId" params={{ profileId: person.id }}>
        {person.name}
      </TextLink>
      {person.is_simulated && <span className={styles.segment}> {t('simulated')}</span>}
    </>
  )
}

function Outcome({ recipient }: { recipient: RecipientAnswer }) {
  const t = useText()
  const sayReason = useReason()
  const { outcome, reason, unsubscribed_at } = recipient
  return (
    <div>
      <Badge tone={outcomes[outcome] ?? 'neutral'}>{sayOutcome(outcome, t)}</Badge>
      {unsubscribed_at && ` ${t('outcome_unsubscribed')}`}
      {reason && <p className={styles.segment}>{sayReason(reason)}</p>}
    </div>
  )
}

function sayOutcome(outcome: string, t: ReturnType<typeof useText>): string {
  switch (outcome) {
    case 'sent':
    case 'skipped':
    case 'failed':
    case 'bounced':
      return t(`outcome_${outcome}`)
    default:
      return outcome
  }
}
