import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useFormat } from '@/language/format'
import styles from './NumberField.module.css'

interface NumberProps {
  /** Shown above the field; with `isBare` only told to screen readers. */
  label: string
  /** What to know about it, between label and field. */
  description?: string
  isBare?: boolean
  className?: string
  value: number | undefined
  /** Called with what can be read as a number within the bounds, undefined for an empty field. */
  onChange: (value: number | undefined) => void
  min?: number
  max?: number
  isWhole?: boolean
  suffix?: string
}

/** Reads a number as people type it: full-width digits and separators too; NaN if it is none. */
export function readNumber(text: string): number {
  const plain = text.normalize('NFKC').replace(/[\s,、_]/g, '')
  return /^[-−]?\d*\.?\d+$|^[-−]?\d+\.$/.test(plain) ? Number(plain.replace('−', '-')) : Number.NaN
}

/** A number with separators; plain digits while it is typed, so that nothing jumps. */
export function NumberField(props: NumberProps) {
  const { label, description, isBare, className, value, onChange } = props
  const { min, max, isWhole, suffix } = props
  const format = useFormat()
  const [text, setText] = useState<string>()
  const fits = (one: number) =>
    !Number.isNaN(one) &&
    (min === undefined || one >= min) &&
    (max === undefined || one <= max) &&
    (!isWhole || Number.isInteger(one))
  const take = (typed: string) => {
    setText(typed)
    if (typed.trim() === '') onChange(undefined)
    else if (fits(readNumber(typed))) onChange(readNumber(typed))
  }
  const isWrong = text !== undefined && text.trim() !== '' && !fits(readNumber(text))
  return (
    <TextInput
      className={className}
      label={isBare ? undefined : label}
      description={description}
      aria-label={isBare ? label : undefined}
      inputMode={isWhole ? 'numeric' : 'decimal'}
      value={text ?? (value === undefined ? '' : format.number(value))}
      onFocus={() => setText(value === undefined ? '' : String(value))}
      onChange={(event) => take(event.currentTarget.value)}
      onBlur={() => setText(undefined)}
      error={isWrong}
      rightSection={suffix}
      rightSectionWidth={suffix ? 'auto' : undefined}
      rightSectionPointerEvents="none"
      rightSectionProps={{ className: styles.suffix }}
    />
  )
}
