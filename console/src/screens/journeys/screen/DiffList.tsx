import { Badge, type Tone } from '@/design'
import type { Duration, Events, JourneyDefinition, Trigger, Who } from '../model/definition'
import { type Change, diffJourneys, type StepDiff } from '../model/diff'
import { useStepWords } from '../state/useStepWords'
import { type Key, useText } from '../texts'
import styles from './PublishDialog.module.css'
import { useDiffText, WordsDiff } from './WordsDiff'

const tones: Record<StepDiff['kind'], Tone> = {
  added: 'good',
  removed: 'guard',
  changed: 'action',
  moved: 'neutral',
}
const known = useText.words.en

interface Props {
  before: JourneyDefinition
  after: JourneyDefinition
}

/** What is another in a journey, in words: steps in the order they are walked, then the rules. */
export function DiffList({ before, after }: Props) {
  const t = useText()
  const say = useDiffText()
  const words = useStepWords()
  const { steps, rules } = diffJourneys(before, after)
  if (steps.length === 0 && rules.length === 0) return <p>{t('publish_nothing')}</p>
  return (
    <ul className={styles.diff}>
      {steps.map(({ kind, step, changes, leadsElsewhere }) => (
        <li key={step.id}>
          <span>
            <Badge tone={tones[kind]}>{t(`diff_${kind}`)}</Badge>
          </span>
          <span>
            <strong>{words.name(step)}</strong> {words.detail(step)}
            {kind === 'changed' && leadsElsewhere && <em> {say('diff_elsewhere')}</em>}
          </span>
          {changes.length > 0 && <Changes changes={changes} />}
        </li>
      ))}
      {rules.length > 0 && (
        <li>
          <span>
            <Badge tone="action">{t('diff_changed')}</Badge>
          </span>
          <strong>{t('diff_rules')}</strong>
          <Changes changes={rules} />
        </li>
      )}
    </ul>
  )
}

function Changes({ changes }: { changes: Change[] }) {
  const t = useText()
  const say = useValueWords()
  return (
    <ul>
      {changes.map(({ path, before, after }) => {
        const name = path.split('.').at(-1) ?? ''
        const what = `path_${name}` in known ? t(`path_${name}` as Key) : name
        if (name === 'template' && before && after) {
          return (
            <li key={path}>
              {what}
              <WordsDiff before={before} after={after} />
            </li>
          )
        }
        const values = { before: say(name, before), after: say(name, after) }
        return <li key={path}>{t('diff_line', { what, ...values })}</li>
      })}
    </ul>
  )
}

/** Says a value by what it is a value of. */
function useValueWords(): (name: string, value: unknown) => string {
  const t = useText()
  const words = useStepWords()
  return (name, value) => {
    if (value === undefined || value === null) return t('diff_nothing')
    if (name === 'trigger') return words.trigger(value as Trigger)
    if (name === 'events') return words.events(value as Events)
    if (name === 'segment' || name === 'when') return words.who(value as Who)
    if (name === 'duration' || name === 'timeout' || name === 'within' || name === 'after') {
      return words.duration(value as Duration)
    }
    return typeof value === 'object' ? t('diff_anew') : String(value)
  }
}
