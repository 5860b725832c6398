import type { ReactNode } from 'react'
import styles from './Badge.module.css'

/** `guard` is vermilion: refusals, and nothing else. */
export type Tone = 'neutral' | 'action' | 'good' | 'late' | 'guard'

/** A state or a reason in a word or two; colour only repeats what the word says. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {children}
    </span>
  )
}
