import { Checkbox, TextInput } from '@mantine/core'
import { NumberField } from '@/design'
import { Suggest } from '../../segment-builder/fields/Suggest'
import type { IfMissed, TriggerOf } from '../model/definition'
import styles from './Panel.module.css'
import { Pick } from './Pick'
import { useText } from './texts'
import { TimeField, ZoneField } from './WaitForms'

interface Props<T> {
  trigger: T
  onChange: (trigger: T, tag?: string) => void
}

export function DateFields({ trigger, onChange }: Props<TriggerOf<'date'>>) {
  const t = useText()
  return (
    <>
      <Suggest
        label={t('date_trait')}
        value={trigger.trait}
        of={{ kind: 'attributes' }}
        onChange={(trait) => onChange({ ...trigger, trait }, 'trait')}
      />
      <NumberField
        label={t('date_days')}
        isWhole
        min={-180}
        max={180}
        value={trigger.days ?? 0}
        onChange={(days = 0) => onChange({ ...trigger, days }, 'days')}
      />
      <p className={styles.note}>{t('date_days_note')}</p>
      <TimeField
        label={t('at')}
        value={trigger.at ?? '09:00:00'}
        onChange={(at) => onChange({ ...trigger, at }, 'at')}
      />
      <Checkbox
        label={t('is_yearly')}
        checked={trigger.is_yearly ?? true}
        onChange={(event) => onChange({ ...trigger, is_yearly: event.currentTarget.checked })}
      />
      {(trigger.is_yearly ?? true) && (
        <Pick
          label={t('february_29')}
          value={trigger.february_29 ?? 'feb_28'}
          options={['feb_28', 'mar_1', 'leap_years_only'] as const}
          say={(one) => t(`leap_${one}`)}
          onChange={(february_29) => onChange({ ...trigger, february_29 })}
        />
      )}
      <MissedField
        value={trigger.if_missed ?? 'skip'}
        onChange={(if_missed) => onChange({ ...trigger, if_missed })}
      />
    </>
  )
}

interface MissedProps {
  value: IfMissed
  onChange: (value: IfMissed) => void
}

function MissedField({ value, onChange }: MissedProps) {
  const t = useText()
  return (
    <Pick
      label={t('if_missed')}
      value={value}
      options={['skip', 'send'] as const}
      say={(one) => t(`missed_${one}`)}
      onChange={onChange}
    />
  )
}

export function OnceFields({ trigger, onChange }: Props<TriggerOf<'once'>>) {
  const t = useText()
  return (
    <>
      <TextInput
        type="date"
        label={t('once_on')}
        value={trigger.on}
        onChange={(event) => onChange({ ...trigger, on: event.currentTarget.value }, 'on')}
      />
      <TimeField
        label={t('at')}
        value={trigger.at ?? '09:00:00'}
        onChange={(at) => onChange({ ...trigger, at }, 'at')}
      />
      <ZoneField
        value={trigger.zone ?? 'shop'}
        onChange={(zone) => onChange({ ...trigger, zone })}
      />
      <MissedField
        value={trigger.if_missed ?? 'skip'}
        onChange={(if_missed) => onChange({ ...trigger, if_missed })}
      />
    </>
  )
}

export function ScheduleFields({ trigger, onChange }: Props<TriggerOf<'schedule'>>) {
  const t = useText()
  return (
    <>
      <TextInput
        label={t('cron')}
        description={t('cron_note')}
        spellCheck={false}
        value={trigger.cron}
        onChange={(event) => onChange({ ...trigger, cron: event.currentTarget.value }, 'cron')}
      />
      <ZoneField
        value={trigger.zone ?? 'shop'}
        onChange={(zone) => onChange({ ...trigger, zone })}
      />
    </>
  )
}
