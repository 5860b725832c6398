import type { CSSProperties, ReactNode } from 'react'
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
  const width = { '--width': widthOf(value) } as CSSProperties
  return (
    <div className={styles.figure}>
      <dt>{label}</dt>
      <dd data-tone={tone} style={width}>
        {value}
      </dd>
      {note && <dd className={styles.note}>{note}</dd>}
    </div>
  )
}

/** How wide a number is in ems, generously; Japanese characters are as wide as high. */
function widthOf(value: string): number {
  return [...value].reduce((sum, one) => sum + (one > '\u2e7f' ? 1.02 : 0.6), 0)
}

export function Figures({ children }: { children: ReactNode }) {
  return <dl className={styles.figures}>{children}</dl>
}
