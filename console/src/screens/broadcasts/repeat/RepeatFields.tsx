import { Checkbox, NativeSelect, TextInput } from '@mantine/core'
import type { Repeat } from '@/api/generated'
import { NumberField } from '@/design'
import { useLanguage } from '@/language/texts'
import styles from './RepeatFields.module.css'
import { useText } from './texts'

interface Props {
  value: Repeat
  onChange: (value: Repeat) => void
}

type Weekday = NonNullable<Repeat['weekdays']>[number]

const units = ['day', 'week', 'month'] as const
const weekdays: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** How often a broadcast goes again, and until when. */
export function RepeatFields({ value, onChange }: Props) {
  const t = useText()
  const { each, until, times } = value
  return (
    <div className={styles.fields}>
      <div className={styles.row}>
        <NativeSelect
          label={t('each')}
          value={each}
          onChange={({ currentTarget }) =>
            onChange({ each: currentTarget.value as Repeat['each'], until, times })
          }
          data={units.map((unit) => ({ value: unit, label: t(`each_${unit}`) }))}
        />
        <NumberField
          label={t('every')}
          suffix={t(`every_${each}`)}
          isWhole
          value={value.every ?? 1}
          min={1}
          max={366}
          onChange={(every) => onChange({ ...value, every: every ?? 1 })}
        />
      </div>
      {each === 'week' && <Weekdays value={value} onChange={onChange} />}
      {each === 'month' && (
        <div>
          <NumberField
            label={t('day')}
            isWhole
            value={value.day ?? undefined}
            min={1}
            max={31}
            onChange={(day) => onChange({ ...value, day: day ?? null })}
          />
          <p className={styles.note}>{t('day_note')}</p>
        </div>
      )}
      <div className={styles.row}>
        <TextInput
          type="date"
          label={t('until')}
          value={until ?? ''}
          onChange={({ currentTarget }) =>
            onChange({ ...value, until: currentTarget.value || null })
          }
        />
        <NumberField
          label={t('times')}
          suffix={t('times_unit')}
          isWhole
          value={times ?? undefined}
          min={1}
          max={10_000}
          onChange={(most) => onChange({ ...value, times: most ?? null })}
        />
      </div>
      <p className={styles.note}>{t('end_note')}</p>
    </div>
  )
}

function Weekdays({ value, onChange }: Props) {
  const t = useText()
  const name = new Intl.DateTimeFormat(useLanguage(), { weekday: 'short', timeZone: 'UTC' })
  const chosen = value.weekdays ?? []
  return (
    <Checkbox.Group
      label={t('weekdays')}
      description={t('weekdays_note')}
      value={chosen}
      onChange={(now) =>
        onChange({ ...value, weekdays: weekdays.filter((one) => now.includes(one)) })
      }
    >
      <div className={styles.weekdays}>
        {weekdays.map((one, place) => (
          // 5 January 1970 was a Monday.
          <Checkbox key={one} value={one} label={name.format(new Date((4 + place) * 86_400_000))} />
        ))}
      </div>
    </Checkbox.Group>
  )
}
