import { nameOf } from '../names'
import { useText } from '../texts'
import type { Json } from '../tree'
import { FiltersField } from './FiltersField'
import styles from './fields.module.css'
import { Suggest } from './Suggest'

interface EventProps {
  label: string
  value: string
  onChange: (value: string) => void
}

export function EventField({ label, value, onChange }: EventProps) {
  const t = useText()
  return (
    <Suggest
      label={label}
      value={value}
      placeholder={t('any_event')}
      of={{ kind: 'events' }}
      say={(event) => nameOf(t, 'event', event)}
      onChange={onChange}
    />
  )
}

interface Props {
  label: string
  value: Json
  onChange: (value: Json) => void
}

/** A type of event with what it must be like. */
export function EventsField({ label, value, onChange }: Props) {
  const t = useText()
  const event = String(value.event ?? '')
  const where = (value.where ?? []) as Json[]
  const write = (part: Json) => {
    const { event: name, where: filters, ...rest } = { ...value, ...part } as Json
    onChange({
      ...rest,
      ...(name ? { event: name } : {}),
      ...((filters as Json[] | undefined)?.length ? { where: filters } : {}),
    })
  }
  return (
    <div className={styles.filters}>
      <EventField label={label} value={event} onChange={(next) => write({ event: next })} />
      <FiltersField
        label={t('where')}
        event={event}
        value={where}
        onChange={(next) => write({ where: next })}
      />
    </div>
  )
}

interface StepsProps {
  value: Json[]
  onChange: (value: Json[]) => void
}

export function StepsField({ value, onChange }: StepsProps) {
  const t = useText()
  return (
    <div className={styles.filters}>
      {value.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps have no other identity
        <div key={index}>
          <EventsField
            label={t('step', { n: index + 1 })}
            value={step}
            onChange={(next) => onChange(value.map((one, i) => (i === index ? next : one)))}
          />
          {value.length > 2 && (
            <button
              type="button"
              className={styles.quiet}
              onClick={() => onChange(value.filter((_, i) => i !== index))}
            >
              {t('step_remove')}
            </button>
          )}
        </div>
      ))}
      {value.length < 8 && (
        <button
          type="button"
          className={styles.quiet}
          onClick={() => onChange([...value, { event: 'Order Completed' }])}
        >
          {t('step_add')}
        </button>
      )}
    </div>
  )
}
