import type { ReactNode } from 'react'
import type { Json } from '../tree'
import styles from './fields.module.css'

interface Props {
  label: string
  value: Json[]
  /** What a new line begins as. */
  start: Json
  add: string
  remove: string
  /** So many lines cannot be removed. */
  least?: number
  onChange: (value: Json[]) => void
  children: (line: Json, set: (line: Json) => void) => ReactNode
}

/** Lines that all must hold; one can be added, and each removed. */
export function Lines({ label, value, start, add, remove, least = 0, onChange, children }: Props) {
  const set = (index: number, next: Json) =>
    onChange(value.map((one, i) => (i === index ? next : one)))
  return (
    <fieldset className={styles.lines}>
      <legend>{label}</legend>
      <div className={styles.filters}>
        {value.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
          <div key={index} className={styles.filter}>
            {children(line, (next) => set(index, next))}
            {value.length > least && (
              <button
                type="button"
                className={styles.quiet}
                onClick={() => onChange(value.filter((_, i) => i !== index))}
              >
                {remove}
              </button>
            )}
          </div>
        ))}
        <button type="button" className={styles.quiet} onClick={() => onChange([...value, start])}>
          {add}
        </button>
      </div>
    </fieldset>
  )
}
