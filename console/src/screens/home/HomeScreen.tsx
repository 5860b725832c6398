import { useQuery } from '@tanstack/react-query'
import type { Broadcast, Health } from '@/api/generated'
import {
  getHealthOptions,
  getSegmentOptions,
  listBroadcastsOptions,
  listRejectedOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay, useShop } from '@/app/session'
import { ButtonLink, Figure, Figures, Loaded, PageHeader, Section } from '@/design'
import { useFormat } from '@/language/format'
import { WaitingSection } from '../approvals/WaitingSection'
import { LastBroadcast } from './LastBroadcast'
import { NextSteps } from './NextSteps'
import { Parts } from './Parts'
import styles from './Parts.module.css'
import { useText } from './texts'

// A part this far behind is late rather than busy.
const lateEvents = 50_000
const refreshMilliseconds = 5_000

/** Is everything alive, what happened last, what to do next. */
export default function HomeScreen() {
  const health = useQuery({ ...getHealthOptions(), refetchInterval: refreshMilliseconds })
  const broadcasts = useQuery(listBroadcastsOptions({ query: { limit: 20 } }))
  return (
    <Loaded query={health}>
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
      <WaitingSection />
      {health.log_position > 0 && <Numbers health={health} />}
      {last && <LastBroadcast broadcast={last} />}
      <Section title={t('next')}>
        <NextSteps isEmpty={health.log_position === 0} broadcasts={broadcasts} />
      </Section>
      <Running health={health} />
    </>
  )
}

/** The parts one by one: folded away while there is nothing to see to. */
function Running({ health }: { health: Health }) {
  const t = useText()
  const isWell = health.consumers.every((one) => one.is_alive && !one.last_error)
  return (
    <Section title={t('parts')}>
      {isWell ? (
        <details className={styles.parts}>
          <summary>{t('parts_well', { count: health.consumers.length })}</summary>
          <Parts health={health} />
        </details>
      ) : (
        <Parts health={health} />
      )}
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

function Numbers({ health }: { health: Health }) {
  const t = useText()
  const format = useFormat()
  const people = usePeople()
  const rejected = useQuery(listRejectedOptions({ query: { limit: 1 } }))
  const refused = rejected.data?.counts.reduce((sum, one) => sum + one.n_events, 0)
  const write = (value: number | null | undefined) => (value == null ? '–' : format.number(value))
  return (
    <Section title={t('title')} isTitleHidden>
      <Figures>
        <Figure label={t('people')} value={write(people.data?.count)} />
        <Figure label={t('events')} value={format.number(health.log_position)} />
        <Figure
          label={t('refused')}
          value={write(refused)}
          note={refused ? t('refused_note') : t('no_refused')}
        />
      </Figures>
    </Section>
  )
}

function usePeople() {
  return useQuery(getSegmentOptions({ path: { segment_id: 'builtin:everyone' } }))
}
