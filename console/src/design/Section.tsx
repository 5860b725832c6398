import { type ReactNode, useId } from 'react'
import styles from './Section.module.css'

interface Props {
  title: string
  /** What the section says, in a sentence. */
  note?: ReactNode
  aside?: ReactNode
  children: ReactNode
}

export function Section({ title, note, aside, children }: Props) {
  const id = useId()
  return (
    <section aria-labelledby={id} className={styles.section}>
      <div className={styles.head}>
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {note && <p className={styles.note}>{note}</p>}
      {children}
    </section>
  )
}
