import { Button, Progress } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { Journey, Simulation } from '@/api/generated'
import { getJourneyOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { EmptyState, Loaded, PageHeader } from '@/design'
import { useFormat } from '@/language/format'
import { Period } from './Period'
import { Result } from './Result'
import styles from './Trial.module.css'
import { useText } from './texts'
import { useTrial } from './useTrial'

/** What a journey's draft would have done, on the past. */
export default function TrialScreen() {
  const { journeyId = '' } = useParams({ strict: false }) as { journeyId?: string }
  const journey = useQuery(getJourneyOptions({ path: { journey_id: journeyId } }))
  const trial = useTrial(journeyId)
  return (
    <Loaded query={journey} isPage>
      {(found) => (
        <Loaded query={trial.query} isPage>
          {() => <Trial journey={found} trial={trial} />}
        </Loaded>
      )}
    </Loaded>
  )
}

function Trial({ journey, trial }: { journey: Journey; trial: ReturnType<typeof useTrial> }) {
  const t = useText()
  const mayWrite = useMay('write')
  const { simulation, start, cancel } = trial
  const isRunning = simulation?.state === 'running'
  return (
    <div className={styles.trial}>
      <PageHeader
        title={useLead(simulation)}
        documentTitle={`${t('trial')} · ${journey.name}`}
        back={{ to: `/journeys/${journey.id}`, label: journey.name }}
        reason={t('trial_reason')}
      />
      {isRunning ? (
        <Running simulation={simulation} onCancel={() => cancel.mutate(simulation.id)} />
      ) : (
        mayWrite && (
          <Period
            isAgain={simulation !== undefined}
            isBusy={start.isPending}
            onRun={(span) => start.mutate(span)}
          />
        )
      )}
      {!simulation && <EmptyState>{t('trial_none_how')}</EmptyState>}
      {simulation?.state === 'failed' && (
        <EmptyState>
          <span lang="en">{simulation.problem}</span>
        </EmptyState>
      )}
      {simulation?.result && <Result simulation={simulation} result={simulation.result} />}
    </div>
  )
}

/** The answer in a line: how much to how many. */
function useLead(simulation: Simulation | undefined): string {
  const t = useText()
  if (!simulation) return t('trial_title')
  const { state, result } = simulation
  if (state === 'running' || state === 'failed' || state === 'cancelled') return t(`trial_${state}`)
  if (!result || result.entries === 0) return t('trial_lead_nobody')
  const reached = Object.entries(result.messages_per_person)
    .filter(([messages]) => messages !== '0')
    .reduce((sum, [, people]) => sum + people, 0)
  return t('trial_lead', { count: result.sent, people: reached })
}

function Running({ simulation, onCancel }: { simulation: Simulation; onCancel: () => void }) {
  const t = useText()
  const format = useFormat()
  const share = format.percent(simulation.progress, 0)
  return (
    <div className={styles.running} role="status">
      <Progress
        value={simulation.progress * 100}
        aria-label={t('trial_running')}
        aria-valuetext={share}
        size="lg"
      />
      <span>{t('trial_progress', { share })}</span>
      <Button variant="default" onClick={onCancel}>
        {t('trial_cancel')}
      </Button>
    </div>
  )
}
