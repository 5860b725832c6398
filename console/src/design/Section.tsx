import { type ReactNode, useId } from 'react'
import styles from './Section.module.css'

interface Props {
  title: string
  /** What the section says, in a sentence. */
  note?: ReactNode
  aside?: ReactNode
  /** For what speaks for itself; the title is read aloud all the same. */
  isTitleHidden?: boolean
  children: ReactNode
}

export function Section({ title, note, aside, isTitleHidden, children }: Props) {
  const id = useId()
  return (
    <section aria-labelledby={id} className={styles.section}>
      <div className={styles.head} data-hidden={isTitleHidden}>
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {note && <div className={styles.note}>{note}</div>}
      {children}
    </section>
  )
}
