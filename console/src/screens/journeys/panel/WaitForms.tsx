import { NativeSelect, TextInput } from '@mantine/core'
import { DurationField } from '../../segment-builder/fields/basics'
import type { Json, StepOf, Weekday } from '../model/definition'
import { EventsField } from './EventsField'
import { Matches } from './Matches'
import styles from './Panel.module.css'
import { useText } from './texts'

const weekdays: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

interface Props<S> {
  step: S
  onChange: (step: S, tag?: string) => void
}

export function WaitForm({ step, onChange }: Props<StepOf<'wait'> | StepOf<'pause'>>) {
  const t = useText()
  return (
    <DurationField
      label={t('how_long')}
      value={step.duration as Json}
      onChange={(duration) => onChange({ ...step, duration }, 'duration')}
    />
  )
}

export function WaitUntilForm({ step, onChange }: Props<StepOf<'wait_until'>>) {
  const t = useText()
  const chosen = step.weekdays ?? []
  return (
    <>
      <TimeField
        label={t('at')}
        value={step.at}
        onChange={(at) => onChange({ ...step, at }, 'at')}
      />
      <fieldset className={styles.days}>
        <legend>{t('weekdays')}</legend>
        {weekdays.map((day) => (
          <button
            key={day}
            type="button"
            aria-pressed={chosen.includes(day)}
            onClick={() => {
              const next = weekdays.filter((one) => chosen.includes(one) !== (one === day))
              onChange({ ...step, weekdays: next })
            }}
          >
            {t(`day_${day}`)}
          </button>
        ))}
      </fieldset>
      <p className={styles.note}>{t('weekdays_note')}</p>
      <ZoneField value={step.zone ?? 'person'} onChange={(zone) => onChange({ ...step, zone })} />
    </>
  )
}

export function WaitForForm({ step, onChange }: Props<StepOf<'wait_for'>>) {
  const t = useText()
  return (
    <>
      <EventsField
        label={t('which_event')}
        value={step.events as Json}
        onChange={(events) => onChange({ ...step, events }, 'events')}
      />
      <Matches matches={step.matches} />
      <DurationField
        label={t('at_most')}
        value={step.timeout as Json}
        onChange={(timeout) => onChange({ ...step, timeout }, 'timeout')}
      />
      <p className={styles.note}>{t('wait_for_note')}</p>
    </>
  )
}

export function WaitBestForm({ step, onChange }: Props<StepOf<'wait_best_time'>>) {
  const t = useText()
  return (
    <>
      <DurationField
        label={t('at_most')}
        value={(step.within ?? { days: 1 }) as Json}
        onChange={(within) => onChange({ ...step, within }, 'within')}
      />
      <p className={styles.note}>{t('best_note')}</p>
    </>
  )
}

interface FieldProps<V> {
  value: V
  onChange: (value: V) => void
}

/** A time of day; kept with seconds, as the server writes it. */
export function TimeField({ label, value, onChange }: FieldProps<string> & { label: string }) {
  return (
    <TextInput
      type="time"
      label={label}
      value={value.slice(0, 5)}
      onChange={(event) => event.currentTarget.value && onChange(`${event.currentTarget.value}:00`)}
    />
  )
}

export function ZoneField({ value, onChange }: FieldProps<'person' | 'shop'>) {
  const t = useText()
  return (
    <NativeSelect
      label={t('zone')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as 'person' | 'shop')}
      data={(['person', 'shop'] as const).map((one) => ({ value: one, label: t(`zone_${one}`) }))}
    />
  )
}
