import { useQuery } from '@tanstack/react-query'
import type { SenderSummary, SendingState } from '@/api/generated'
import { getSendingOptions, listSendersOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Badge, DataTable, Loaded, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { Held } from './Held'
import { OpenDays } from './OpenDays'
import { Pace } from './Pace'
import { SendingPage } from './SendingPage'
import styles from './SendingPage.module.css'
import { useText } from './texts'

/** Whether mail arrives: what came back, what is held, how fast it goes. */
export default function HealthScreen() {
  const senders = useQuery(listSendersOptions())
  const sending = useQuery(getSendingOptions())
  return (
    <Loaded query={senders} isPage>
      {(found) => (
        <Loaded query={sending} isPage>
          {(state) => <Health senders={found} state={state} />}
        </Loaded>
      )}
    </Loaded>
  )
}

function Health({ senders, state }: { senders: SenderSummary[]; state: SendingState }) {
  const t = useText()
  const held = senders.filter((one) => one.is_held)
  const isSandbox = state.mail.sends_by === 'sandbox'
  const [first] = held
  const title = first
    ? t('health_held', { domain: first.domain })
    : t(isSandbox ? 'health_sandbox' : 'health_good')
  return (
    <SendingPage title={title} reason={useRoute(state)}>
      {held.map((one) => (
        <Held key={one.domain} sender={one} />
      ))}
      <Senders senders={senders} />
      <Pace state={state} />
      <OpenDays />
    </SendingPage>
  )
}

function useRoute({ mail }: SendingState): string {
  const t = useText()
  if (mail.sends_by === 'sandbox') return t('by_sandbox')
  return mail.sends_by === 'smtp' ? t('by_smtp') : t('by_api', { provider: mail.sends_by })
}

function Senders({ senders }: { senders: SenderSummary[] }) {
  const t = useText()
  const format = useFormat()
  const share = (n: number, of: number) => (of ? format.percent(n / of, 2) : '–')
  return (
    <Section title={t('senders')} note={t('senders_note')}>
      <DataTable
        caption={t('senders')}
        rows={senders}
        rowKey={(one) => one.domain}
        columns={[
          {
            id: 'domain',
            header: t('sender'),
            cell: ({ domain, counts }) => (
              <>
                <TextLink to="/sending/senders/$domain" params={{ domain }}>
                  {domain}
                </TextLink>
                <span className={styles.secondary}>
                  {counts.last_sent_at
                    ? t('last_sent', { ago: format.ago(counts.last_sent_at) })
                    : t('never_sent')}
                </span>
              </>
            ),
          },
          {
            id: 'tried',
            header: t('tried'),
            cell: ({ counts }) => format.number(counts.n_tried),
            isNumber: true,
          },
          {
            id: 'bounced',
            header: t('bounced'),
            cell: ({ counts }) => share(counts.n_bounced, counts.n_tried),
            isNumber: true,
          },
          {
            id: 'complained',
            header: t('complained'),
            cell: ({ counts }) => share(counts.n_complained, counts.n_tried),
            isNumber: true,
          },
          { id: 'state', header: t('state'), cell: (one) => <State sender={one} /> },
        ]}
      />
    </Section>
  )
}

function State({ sender }: { sender: SenderSummary }) {
  const t = useText()
  if (sender.is_held) return <Badge tone="guard">{t('state_held')}</Badge>
  if (sender.alarm && !sender.alarm.resumed_at)
    return <Badge tone="late">{t('state_warned')}</Badge>
  return sender.is_signed ? (
    <Badge tone="good">{t('state_signed')}</Badge>
  ) : (
    <Badge tone="late">{t('state_unsigned')}</Badge>
  )
}
