import { Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { NumberField } from '@/design'
import { SegmentField } from '../../segment-builder/fields/special'
import type { Channel, Json, Trigger, TriggerKind, TriggerOf } from '../model/definition'
import { channels, freshTrigger, triggerKinds } from '../model/fresh'
import { DateFields, OnceFields, ScheduleFields } from './CalendarForms'
import { EventsField } from './EventsField'
import styles from './Panel.module.css'
import { Pick } from './Pick'
import { useText } from './texts'

interface Props<T> {
  trigger: T
  onChange: (trigger: T, tag?: string) => void
}

/** What lets people in. */
export default function TriggerForm({ trigger, onChange }: Props<Trigger>) {
  const t = useText()
  return (
    <>
      <NativeSelect
        label={t('trigger')}
        value={trigger.type}
        onChange={(event) => onChange(freshTrigger(event.currentTarget.value as TriggerKind))}
        data={triggerKinds.map((one) => ({ value: one, label: t(`trigger_${one}`) }))}
      />
      <Fields trigger={trigger} onChange={onChange} />
    </>
  )
}

function Fields({ trigger, onChange }: Props<Trigger>) {
  const t = useText()
  switch (trigger.type) {
    case 'event':
      return (
        <EventsField
          label={t('which_event')}
          value={trigger.events as Json}
          onChange={(events) => onChange({ ...trigger, events }, 'events')}
        />
      )
    case 'segment':
      return <SegmentFields trigger={trigger} onChange={onChange} />
    case 'date':
      return <DateFields trigger={trigger} onChange={onChange} />
    case 'schedule':
      return <ScheduleFields trigger={trigger} onChange={onChange} />
    case 'once':
      return <OnceFields trigger={trigger} onChange={onChange} />
    case 'product':
      return <ProductFields trigger={trigger} onChange={onChange} />
    case 'form':
      return (
        <TextInput
          label={t('form')}
          value={trigger.form}
          onChange={(event) => onChange({ ...trigger, form: event.currentTarget.value }, 'form')}
        />
      )
    case 'message':
      return <MessageFields trigger={trigger} onChange={onChange} />
    case 'consent':
      return <ConsentFields trigger={trigger} onChange={onChange} />
    case 'api':
      return <p className={styles.note}>{t('api_note')}</p>
  }
}

function SegmentFields({ trigger, onChange }: Props<TriggerOf<'segment'>>) {
  const t = useText()
  return (
    <>
      <SegmentField
        label={t('segment')}
        value={trigger.segment}
        onChange={(segment) => onChange({ ...trigger, segment })}
      />
      <Pick
        label={t('change')}
        value={trigger.change ?? 'entered'}
        options={['entered', 'left'] as const}
        say={(one) => t(`change_${one}`)}
        onChange={(change) => onChange({ ...trigger, change })}
      />
      <p className={styles.note}>{t('segment_note')}</p>
    </>
  )
}

const ties = ['favourite', 'cart', 'view'] as const

function ProductFields({ trigger, onChange }: Props<TriggerOf<'product'>>) {
  const t = useText()
  const via = trigger.via ?? ['favourite', 'cart']
  return (
    <>
      <Pick
        label={t('product_change')}
        value={trigger.change}
        options={['price_dropped', 'low_stock', 'back_in_stock', 'new_arrival'] as const}
        say={(one) => t(`product_${one}`)}
        onChange={(change) => onChange({ ...trigger, change })}
      />
      <Checkbox.Group
        label={t('product_via')}
        value={via}
        onChange={(next) => {
          const chosen = ties.filter((one) => next.includes(one))
          if (chosen.length > 0) onChange({ ...trigger, via: chosen })
        }}
      >
        {ties.map((one) => (
          <Checkbox key={one} value={one} label={t(`via_${one}`)} mt="xs" />
        ))}
      </Checkbox.Group>
      {trigger.change === 'price_dropped' && (
        <NumberField
          label={t('min_drop')}
          suffix="%"
          isWhole
          min={0}
          max={99}
          value={trigger.min_drop_percent ?? 0}
          onChange={(min_drop_percent = 0) => onChange({ ...trigger, min_drop_percent }, 'drop')}
        />
      )}
    </>
  )
}

const acts = ['clicked', 'opened', 'replied', 'bounced', 'unsubscribed'] as const

function MessageFields({ trigger, onChange }: Props<TriggerOf<'message'>>) {
  const t = useText()
  return (
    <>
      <Pick
        label={t('act')}
        value={trigger.act ?? 'clicked'}
        options={acts}
        say={(one) => t(`act_${one}`)}
        onChange={(act) => onChange({ ...trigger, act })}
      />
      <TextInput
        label={t('origin')}
        description={t('origin_note')}
        value={trigger.origin ?? ''}
        onChange={(event) =>
          onChange({ ...trigger, origin: event.currentTarget.value || null }, 'origin')
        }
      />
      <ChannelField
        value={trigger.channel ?? null}
        onChange={(channel) => onChange({ ...trigger, channel })}
      />
    </>
  )
}

function ConsentFields({ trigger, onChange }: Props<TriggerOf<'consent'>>) {
  const t = useText()
  return (
    <>
      <Pick
        label={t('consent_status')}
        value={trigger.status ?? 'granted'}
        options={['granted', 'withdrawn'] as const}
        say={(one) => t(`consent_${one}`)}
        onChange={(status) => onChange({ ...trigger, status })}
      />
      <Pick
        label={t('consent_purpose')}
        value={trigger.purpose ?? 'marketing'}
        options={['marketing', 'tracking', 'profiling', 'enrichment'] as const}
        say={(one) => t(`purpose_${one}`)}
        onChange={(purpose) => onChange({ ...trigger, purpose })}
      />
      <ChannelField
        value={trigger.channel ?? null}
        onChange={(channel) => onChange({ ...trigger, channel })}
      />
    </>
  )
}

interface ChannelProps {
  value: Channel | null
  onChange: (channel: Channel | null) => void
}

function ChannelField({ value, onChange }: ChannelProps) {
  const t = useText()
  return (
    <Pick
      label={t('channel')}
      value={value ?? ''}
      options={['', ...channels] as const}
      say={(one) => (one === '' ? t('channel_any') : t(`channel_${one}`))}
      onChange={(one) => onChange(one === '' ? null : one)}
    />
  )
}
