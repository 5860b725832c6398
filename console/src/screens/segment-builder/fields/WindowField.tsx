import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useShop } from '@/app/session'
import { dayOf, instantOf, timeOf } from '@/language/zone'
import { useText } from '../texts'
import type { Json } from '../tree'
import { Amount, Choice, DurationField } from './basics'
import styles from './fields.module.css'

const units = ['day', 'week', 'month', 'quarter', 'year'] as const
const starts: Record<string, Json> = {
  ever: { type: 'ever' },
  last: { type: 'last', duration: { days: 30 } },
  next: { type: 'next', duration: { days: 30 } },
  between: { type: 'between' },
  calendar: { type: 'calendar', unit: 'month' },
}

interface Props {
  label: string
  value: Json | undefined
  onChange: (value: Json) => void
  /** Dates that were stated may lie ahead; events may not. */
  mayBeAhead?: boolean
}

export function WindowField({ label, value = { type: 'ever' }, onChange, mayBeAhead }: Props) {
  const t = useText()
  const kind = String(value.type)
  const kinds = ['last', 'ever', 'calendar', 'between', ...(mayBeAhead ? ['next'] : [])] as const
  return (
    <fieldset className={styles.pair}>
      <legend>{label}</legend>
      <Choice
        isBare
        label={label}
        value={kind}
        options={kinds.map((one) => ({
          value: one,
          label: t(`window_${one}` as 'window_last'),
        }))}
        onChange={(next) => onChange(starts[next] ?? { type: next })}
      />
      {(kind === 'last' || kind === 'next') && (
        <DurationField
          isBare
          label={label}
          value={(value.duration ?? {}) as Json}
          onChange={(duration) => onChange({ ...value, duration })}
        />
      )}
      {kind === 'calendar' && <CalendarFields value={value} onChange={onChange} />}
      {kind === 'between' && <Dates value={value} onChange={onChange} />}
    </fieldset>
  )
}

function CalendarFields({ value, onChange }: { value: Json; onChange: (value: Json) => void }) {
  const t = useText()
  return (
    <>
      <Choice
        isBare
        label={t('calendar_unit')}
        value={String(value.unit)}
        options={units.map((one) => ({ value: one, label: t(`choice_${one}`) }))}
        onChange={(unit) => onChange({ ...value, unit })}
      />
      <Amount
        label={t('calendar_offset')}
        isWhole
        min={0}
        max={120}
        value={-Number(value.offset ?? 0)}
        onChange={(ago) => onChange({ ...value, offset: ago ? -ago : 0 })}
      />
    </>
  )
}

interface DatesProps {
  value: Json
  onChange: (value: Json) => void
}

/** Two ends in the shop's zone, either of which may be left open. */
function Dates({ value, onChange }: DatesProps) {
  const set = (key: 'from' | 'until', instant: string | undefined) => {
    const { [key]: _, ...rest } = value
    onChange(instant ? { ...rest, [key]: instant } : rest)
  }
  return (['from', 'until'] as const).map((key) => (
    <End key={key} end={key} instant={value[key]} onChange={(next) => set(key, next)} />
  ))
}

interface EndProps {
  end: 'from' | 'until'
  instant: unknown
  onChange: (instant: string | undefined) => void
}

/** A day, and a time of day if it is not its beginning. */
function End({ end, instant, onChange }: EndProps) {
  const t = useText()
  const zone = useShop().timezone
  const [hasTime, setHasTime] = useState(false)
  const day = instant ? dayOf(String(instant), zone) : ''
  const time = instant ? timeOf(String(instant), zone) : ''
  const put = (nextDay: string, nextTime: string) =>
    onChange(nextDay ? instantOf(nextDay, zone, nextTime || undefined) : undefined)
  return (
    <>
      <TextInput
        type="date"
        label={t(`date_${end}`)}
        value={day}
        onChange={(event) => put(event.currentTarget.value, time)}
      />
      {day && (hasTime || time !== '00:00') && (
        <TextInput
          type="time"
          step={time.length > 5 ? 1 : undefined}
          label={t('date_time')}
          value={time}
          onChange={(event) => put(day, event.currentTarget.value)}
        />
      )}
      {day && !hasTime && time === '00:00' && (
        <button type="button" className={styles.quiet} onClick={() => setHasTime(true)}>
          {t('date_time_add')}
        </button>
      )}
    </>
  )
}
