import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useMay } from '@/app/session'
import { useMakeSegment } from '../segments/useMakeSegment'
import styles from './Detail.module.css'

export interface Audience {
  /** Of the button. */
  label: string
  /** Of the segment. */
  name: string
  condition: Record<string, unknown>
}

interface Props {
  title: string
  facts?: [string, string][]
  /** Whom to reach from here: the first is what one most likely wants. */
  audiences: Audience[]
  children?: ReactNode
}

/** What was pointed at in a picture, in figures, and segments made of it. */
export function Detail({ title, facts = [], audiences, children }: Props) {
  const mayWrite = useMay('write')
  const { make, isMaking } = useMakeSegment()
  return (
    <section className={styles.detail} aria-live="polite">
      <h2>{title}</h2>
      {children}
      {facts.length > 0 && (
        <dl className={styles.facts}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {mayWrite && (
        <p className={styles.acts}>
          {audiences.map((one, place) => (
            <Button
              key={one.name}
              variant={place === 0 ? 'filled' : 'default'}
              loading={isMaking}
              onClick={() => make(one.name, one.condition)}
            >
              {one.label}
            </Button>
          ))}
        </p>
      )}
    </section>
  )
}
