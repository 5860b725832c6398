import { NativeSelect, Switch } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './Panel.module.css'

interface ChoiceProps<V extends string> {
  label: string
  value: V
  choices: [V, ReactNode][]
  onChange: (value: V) => void
}

/** One of a few, all in sight. */
export function Choice<V extends string>({ label, value, choices, onChange }: ChoiceProps<V>) {
  return (
    <fieldset className={styles.choice}>
      <legend>{label}</legend>
      <div>
        {choices.map(([one, shown]) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === value}
            onClick={() => onChange(one)}
          >
            {shown}
          </button>
        ))}
      </div>
    </fieldset>
  )
}

interface SelectProps {
  label: string
  description?: string
  value: string
  choices: [string, string][]
  onChange: (value: string) => void
}

export function Select({ label, description, value, choices, onChange }: SelectProps) {
  return (
    <NativeSelect
      label={label}
      description={description}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={choices.map(([one, shown]) => ({ value: one, label: shown }))}
    />
  )
}

interface YesProps {
  label: string
  value: boolean | null | undefined
  onChange: (value: boolean) => void
}

export function Yes({ label, value, onChange }: YesProps) {
  return (
    <Switch
      size="sm"
      label={label}
      checked={value ?? false}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  )
}

interface ColourProps {
  label: string
  value: string
  onChange: (value: string) => void
  /** What it can be set back to: nothing of its own. */
  onReset?: (() => void) | undefined
  resetLabel?: string
}

export function Colour({ label, value, onChange, onReset, resetLabel }: ColourProps) {
  return (
    <div className={styles.colour}>
      <label>
        <input
          type="color"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        <span>{label}</span>
        <code>{value}</code>
      </label>
      {onReset && (
        <button type="button" onClick={onReset}>
          {resetLabel}
        </button>
      )}
    </div>
  )
}
