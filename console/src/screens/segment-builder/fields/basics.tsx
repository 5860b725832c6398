import { NativeSelect, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { NumberField } from '@/design'
import { useText } from '../texts'
import type { Json } from '../tree'
import styles from './fields.module.css'

interface ChoiceProps {
  label: string
  value: string
  options: readonly { value: string; label: string }[]
  onChange: (value: string) => void
  isBare?: boolean
}

export function Choice({ label, value, options, onChange, isBare }: ChoiceProps) {
  return (
    <NativeSelect
      label={isBare ? undefined : label}
      aria-label={isBare ? label : undefined}
      value={value}
      data={[...options]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

interface TextProps {
  label: string
  value: string
  onChange: (value: string) => void
  isBare?: boolean
}

/** Text that is taken over as it is typed, but never in the middle of a composition. */
export function Text({ label, value, onChange, isBare }: TextProps) {
  const [text, setText] = useState(value)
  const isComposing = useRef(false)
  useEffect(() => setText(value), [value])
  return (
    <TextInput
      label={isBare ? undefined : label}
      aria-label={isBare ? label : undefined}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        if (!isComposing.current) onChange(event.currentTarget.value)
      }}
      onCompositionStart={() => {
        isComposing.current = true
      }}
      onCompositionEnd={(event) => {
        isComposing.current = false
        onChange(event.currentTarget.value)
      }}
    />
  )
}

interface AmountProps {
  label: string
  value: number | undefined
  onChange: (value: number | undefined) => void
  min?: number
  max?: number
  suffix?: string
  isWhole?: boolean
  isBare?: boolean
}

export function Amount(props: AmountProps) {
  return <NumberField className={styles.amount} {...props} />
}

const units = ['days', 'hours', 'minutes', 'seconds'] as const

/** One number and its unit; a duration of several units is shown in the smallest. */
export function DurationField({
  label,
  value,
  onChange,
  isBare,
}: {
  label: string
  value: Json
  onChange: (value: Json) => void
  isBare?: boolean
}) {
  const t = useText()
  const seconds = { days: 86_400, hours: 3_600, minutes: 60, seconds: 1 }
  const unit = [...units].reverse().find((one) => Number(value[one] ?? 0) > 0) ?? 'days'
  const total = units.reduce((sum, one) => sum + Number(value[one] ?? 0) * seconds[one], 0)
  return (
    <fieldset className={styles.pair}>
      <legend className={isBare ? styles.hidden : undefined}>{label}</legend>
      <Amount
        isBare
        isWhole
        label={label}
        min={1}
        value={total / seconds[unit] || undefined}
        onChange={(n) => onChange({ [unit]: n ?? 0 })}
      />
      <Choice
        isBare
        label={t('unit')}
        value={unit}
        options={units.map((one) => ({ value: one, label: t(one) }))}
        onChange={(next) => onChange({ [next]: total / seconds[unit] || 1 })}
      />
    </fieldset>
  )
}

interface BoundsProps {
  label: string
  value: Json
  onChange: (value: Json) => void
  isBare?: boolean
  /** Counts have only the two ends inside. */
  isCount?: boolean
  suffix?: string
  /** Of one unit as shown: 100 for money in cents. */
  scale?: number
}

const ends = [
  ['at_least', 'more_than'],
  ['at_most', 'less_than'],
] as const
const words = {
  at_least: 'at_least',
  more_than: 'more_than_number',
  at_most: 'at_most',
  less_than: 'less_than',
} as const
type Bound = keyof typeof words

/** From and to: each end may be left open, and the number itself counted in or out. */
export function BoundsField(props: BoundsProps) {
  const { label, value, onChange, isBare, isCount, suffix, scale = 1 } = props
  const t = useText()
  const put = (from: Bound, to: Bound, next: number | undefined) => {
    const { [from]: _, ...rest } = value
    onChange(next === undefined ? rest : { ...rest, [to]: next * scale })
  }
  return (
    <fieldset className={styles.pair}>
      <legend className={isBare ? styles.hidden : undefined}>{label}</legend>
      {shownOf(value).map(([bound, end]) => {
        const given = value[bound] === undefined ? undefined : Number(value[bound]) / scale
        const amount = { suffix, value: given, label: t(words[bound]) }
        const set = (next: number | undefined) => put(bound, bound, next)
        if (isCount) return <Amount key={bound} {...amount} isWhole min={0} onChange={set} />
        const options = end.filter((one) => one === bound || value[one] === undefined)
        return (
          <div key={bound} className={styles.bound}>
            <Choice
              isBare
              label={t('bound')}
              value={bound}
              options={options.map((one) => ({ value: one, label: t(words[one]) }))}
              onChange={(next) => put(bound, next as Bound, given ?? 0)}
            />
            <Amount {...amount} isBare onChange={set} />
          </div>
        )
      })}
    </fieldset>
  )
}

/** What is given, and for an end that is open the usual bound; nothing that is given is hidden. */
function shownOf(value: Json): [Bound, readonly Bound[]][] {
  return ends.flatMap((end) => {
    const given = end.filter((one) => value[one] !== undefined)
    return (given.length > 0 ? given : end.slice(0, 1)).map((one): [Bound, typeof end] => [
      one,
      end,
    ])
  })
}
