import { Button } from '@mantine/core'
import { useState } from 'react'
import type { SimulatedPerson } from '@/api/generated'
import { Dialog } from '@/design'
import { useFormat } from '@/language/format'
import type { JourneyDefinition } from '../model/definition'
import { stepOf, waysOut } from '../model/ways'
import { useStepWords } from '../state/useStepWords'
import { useBecame } from './People'
import styles from './Trial.module.css'
import { useText } from './texts'

interface Props {
  one: SimulatedPerson
  definition: JourneyDefinition
  onClose: () => void
}

/** One person's way through the past, a step at a time. */
export function WayDialog({ one: { entry, person }, definition, onClose }: Props) {
  const t = useText()
  const format = useFormat()
  const words = useStepWords()
  const sayBecame = useBecame()
  const [at, setAt] = useState(0)
  const nameOf = (id: string) => {
    const step = stepOf(definition, id)
    return step ? words.name(step) : id
  }
  const wayOf = (id: string, way: string) => {
    const step = stepOf(definition, id)
    return step && waysOut(step).length > 1 ? ` → ${words.way(step, way)}` : ''
  }
  const stops = [
    { key: 'began', when: entry.entered_at, what: t('trial_began') },
    ...entry.path.map((passed) => ({
      key: passed.step,
      when: passed.at,
      what: [
        nameOf(passed.step) + wayOf(passed.step, passed.way),
        passed.message && sayBecame(passed),
      ]
        .filter(Boolean)
        .join(' · '),
    })),
    ...(entry.waiting_at
      ? [{ key: 'waits', when: '', what: `${nameOf(entry.waiting_at)}: ${t('trial_waits_here')}` }]
      : []),
  ]
  return (
    <Dialog title={person?.name || t('erased')} onClose={onClose}>
      <ol className={styles.way}>
        {stops.map(({ key, when, what }, index) => (
          <li key={key} data-ahead={index > at} aria-current={index === at ? 'step' : undefined}>
            {when && <time dateTime={when}>{format.instant(when)}</time>} {what}
          </li>
        ))}
      </ol>
      <div className={styles.walk}>
        <Button variant="default" disabled={at === 0} onClick={() => setAt(at - 1)}>
          {t('trial_before')}
        </Button>
        <span aria-live="polite">{t('trial_step_of', { at: at + 1, of: stops.length })}</span>
        <Button disabled={at === stops.length - 1} onClick={() => setAt(at + 1)}>
          {t('trial_after')}
        </Button>
      </div>
    </Dialog>
  )
}
