import { Checkbox, SegmentedControl, TextInput } from '@mantine/core'
import type { Timing } from '@/api/generated'
import { useShop } from '@/app/session'
import { NumberField } from '@/design'
import { dayOf, instantOf, timeOf } from '@/language/zone'
import { RepeatFields } from './repeat/RepeatFields'
import { useText } from './texts'
import styles from './When.module.css'

interface Props {
  value: Timing
  onChange: (value: Timing) => void
}

const usualTime = '10:00'
const day = 24 * 60 * 60 * 1_000

/** When a broadcast goes: now or at a time, by whose clock, and how fast. */
export function When({ value, onChange }: Props) {
  const t = useText()
  const zone = useShop().timezone
  const startAt = value.start_at
  const tomorrow = dayOf(new Date(Date.now() + day).toISOString(), zone)
  const put = (onDay: string, at: string) =>
    onChange({ ...value, start_at: instantOf(onDay || tomorrow, zone, at || usualTime) })
  return (
    <div className={styles.when}>
      <SegmentedControl
        aria-label={t('when')}
        className={styles.choice}
        value={value.repeat ? 'repeat' : startAt ? 'later' : 'now'}
        data={[
          { value: 'now', label: t('when_now') },
          { value: 'later', label: t('when_later') },
          { value: 'repeat', label: t('when_repeat') },
        ]}
        onChange={(choice) =>
          choice === 'now'
            ? onChange({ ...value, start_at: null, in_local_time: false, repeat: null })
            : onChange({
                ...value,
                start_at: startAt ?? instantOf(tomorrow, zone, usualTime),
                repeat: choice === 'repeat' ? { each: 'week' } : null,
              })
        }
      />
      {startAt && (
        <>
          <div className={styles.instant}>
            <TextInput
              type="date"
              label={t(value.repeat ? 'when_first' : 'when_day')}
              value={dayOf(startAt, zone)}
              onChange={(event) => put(event.currentTarget.value, timeOf(startAt, zone))}
            />
            <TextInput
              type="time"
              label={t('when_time', { zone })}
              value={timeOf(startAt, zone)}
              onChange={(event) => put(dayOf(startAt, zone), event.currentTarget.value)}
            />
          </div>
          {value.repeat && (
            <RepeatFields
              value={value.repeat}
              onChange={(repeat) => onChange({ ...value, repeat })}
            />
          )}
          <Checkbox
            label={t('when_local')}
            description={t('when_local_note')}
            checked={value.in_local_time ?? false}
            onChange={(event) => onChange({ ...value, in_local_time: event.currentTarget.checked })}
          />
        </>
      )}
      <NumberField
        label={t('when_pace')}
        suffix={t('when_pace_unit')}
        isWhole
        value={value.per_hour ?? undefined}
        min={1}
        max={10_000_000}
        onChange={(pace) => onChange({ ...value, per_hour: pace ?? null })}
      />
    </div>
  )
}
