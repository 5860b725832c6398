import { useQuery } from '@tanstack/react-query'
import type { Broadcast, Health } from '@/api/generated'
import {
  getSegmentOptions,
  listBroadcastsOptions,
  listRejectedOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay, useShop } from '@/app/session'
import { ButtonLink, Loaded, PageHeader, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { WaitingSection } from '../approvals/WaitingSection'
import { Customers } from './Customers'
import { useHealth } from './health'
import { LastBroadcast } from './LastBroadcast'
import { LiveJourneys } from './LiveJourneys'
import { NextSteps } from './NextSteps'
import { Parts } from './Parts'
import styles from './Parts.module.css'
import { Sales } from './Sales'
import { useText } from './texts'

// A part this far behind is late rather than busy.
const lateEvents = 50_000

/** Is everything alive, what happened last, what to do next. */
export default function HomeScreen() {
  const health = useHealth()
  const broadcasts = useQuery(listBroadcastsOptions({ query: { limit: 20 } }))
  return (
    <Loaded query={health} lines={8} isPage>
      {(found) => <Home health={found} broadcasts={broadcasts.data ?? []} />}
    </Loaded>
  )
}

function Home({ health, broadcasts }: { health: Health; broadcasts: Broadcast[] }) {
  const t = useText()
  const last = broadcasts.find((one) => one.started_at !== null)
  return (
    <>
      <Lead health={health} />
      <Stopped health={health} />
      <WaitingSection />
      {health.log_position > 0 && (
        <>
          <Sales />
          <Customers />
          <LiveJourneys />
        </>
      )}
      {last && <LastBroadcast broadcast={last} />}
      <Section title={t('next')}>
        <NextSteps isEmpty={health.log_position === 0} broadcasts={broadcasts} />
      </Section>
      <Running health={health} />
    </>
  )
}

/** What has stopped, before anything else; nothing where all is well. */
function Stopped({ health }: { health: Health }) {
  const t = useText()
  const stopped = health.consumers.filter((one) => !one.is_alive)
  if (!stopped.length) return null
  return (
    <Section title={t('stopped_parts')} isTitleHidden>
      <Parts parts={stopped} caption={t('stopped_parts')} />
      <p className={styles.how}>{t('stopped_how')}</p>
    </Section>
  )
}

/** The parts one by one, folded away: for whoever wants to know. */
function Running({ health }: { health: Health }) {
  const t = useText()
  const { consumers } = health
  const isWell = consumers.every((one) => one.is_alive)
  return (
    <Section title={t('parts')}>
      <details className={styles.parts}>
        <summary>{t(isWell ? 'parts_well' : 'parts_all', { count: consumers.length })}</summary>
        <Parts parts={consumers} caption={t('parts')} />
      </details>
      {health.log_position > 0 && <Arrived health={health} />}
      <p className={styles.version}>{t('version', { version: health.version })}</p>
    </Section>
  )
}

function Lead({ health }: { health: Health }) {
  const t = useText()
  const lead = useLead(health)
  const mayWrite = useMay('write')
  const action = mayWrite ? (
    <ButtonLink to="/broadcasts/new">{t('write')}</ButtonLink>
  ) : (
    <ButtonLink to="/broadcasts">{t('to_broadcasts')}</ButtonLink>
  )
  return (
    <PageHeader
      {...lead}
      documentTitle={t('title')}
      action={health.log_position > 0 ? action : undefined}
    />
  )
}

function useLead(health: Health): { title: string; reason?: string } {
  const t = useText()
  const shop = useShop().name
  const people = usePeople().data?.count
  const stopped = health.consumers.filter((one) => !one.is_alive).length
  const lag = Math.max(...health.consumers.map((one) => one.lag ?? 0), 0)
  if (stopped) return { title: t('trouble', { count: stopped }), reason: t('trouble_reason') }
  if (!health.log_position) return { title: t('empty'), reason: t('empty_reason') }
  if (lag > lateEvents) return { title: t('late'), reason: t('late_reason', { count: lag }) }
  return {
    title: t('good'),
    reason: people == null ? undefined : t('good_reason', { shop, people }),
  }
}

/** What arrived, and what of it could not be taken in. */
function Arrived({ health }: { health: Health }) {
  const t = useText()
  const format = useFormat()
  const rejected = useQuery(listRejectedOptions({ query: { limit: 1 } }))
  const refused = rejected.data?.counts.reduce((sum, one) => sum + one.n_events, 0) ?? 0
  return (
    <p className={styles.arrived}>
      {t('arrived', { count: health.log_position })}{' '}
      {refused > 0 && (
        <TextLink to="/data/rejected">{t('refused', { refused: format.number(refused) })}</TextLink>
      )}
    </p>
  )
}

function usePeople() {
  return useQuery(getSegmentOptions({ path: { segment_id: 'builtin:everyone' } }))
}
