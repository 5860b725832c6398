import type { ReactNode } from 'react'
import styles from './Figure.module.css'

interface Props {
  /** Written out: "12,480" or "3.2 %". */
  value: string
  label: string
  note?: ReactNode
  /** `guard` is for what was held back or lost. */
  tone?: 'ink' | 'guard'
}

/** A large number that can be read across the room. Belongs into `Figures`. */
export function Figure({ value, label, note, tone = 'ink' }: Props) {
  return (
    <div className={styles.figure}>
      <dt>{label}</dt>
      <dd data-tone={tone}>{value}</dd>
      {note && <dd className={styles.note}>{note}</dd>}
    </div>
  )
}

export function Figures({ children }: { children: ReactNode }) {
  return <dl className={styles.figures}>{children}</dl>
}
