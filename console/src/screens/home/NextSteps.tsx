import type { Broadcast } from '@/api/generated'
import { TextLink } from '@/design'
import styles from './NextSteps.module.css'
import { useText } from './texts'

const steps = {
  import: '/catalogue',
  sdk: '/settings',
  resume: '/broadcasts',
  draft: '/broadcasts',
  broadcast: '/broadcasts/new',
  inbox: '/inbox',
  segment: '/segments',
} as const
type Step = keyof typeof steps

/** What to try next, most useful first. */
export function NextSteps({ isEmpty, broadcasts }: { isEmpty: boolean; broadcasts: Broadcast[] }) {
  const t = useText()
  return (
    <ol className={styles.steps}>
      {nextSteps(isEmpty, broadcasts).map((step) => (
        <li key={step}>
          <TextLink to={steps[step]}>{t(`next_${step}`)}</TextLink>
          <p>{t(`next_${step}_note`, { command: 'kikubari import customers customers.csv' })}</p>
        </li>
      ))}
    </ol>
  )
}

function nextSteps(isEmpty: boolean, broadcasts: Broadcast[]): Step[] {
  if (isEmpty) return ['import', 'sdk']
  const has = (state: Broadcast['state']) => broadcasts.some((one) => one.state === state)
  return [
    ...(has('paused') ? (['resume'] as const) : []),
    ...(has('draft') ? (['draft'] as const) : []),
    broadcasts.some((one) => one.started_at) ? 'inbox' : 'broadcast',
    'segment',
    'sdk',
  ]
}
