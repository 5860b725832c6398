import type { ReactNode } from 'react'
import { TextLink } from './links'
import styles from './PageHeader.module.css'

interface Props {
  /** The answer this screen gives, in one line; also the document's title unless that is given. */
  title: string
  documentTitle?: string
  /** Why, or since when, or what it rests on. */
  reason?: ReactNode
  /** The one thing to do here. */
  action?: ReactNode
  /** The list this thing is in. */
  back?: { to: string; label: string }
}

/** Every screen begins with the answer, then the reason, then one primary action. */
export function PageHeader({ title, documentTitle, reason, action, back }: Props) {
  return (
    <header className={styles.header}>
      <title>{`${documentTitle ?? title} · Kikubari`}</title>
      <div>
        {back && (
          <p className={styles.back}>
            <TextLink to={back.to}>← {back.label}</TextLink>
          </p>
        )}
        <h1>{title}</h1>
        {reason && <div className={styles.reason}>{reason}</div>}
      </div>
      {action && <div className={styles.action}>{action}</div>}
    </header>
  )
}
