import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { PageHeader } from '@/design'
import styles from './SendingPage.module.css'
import { useText } from './texts'

const pages = [
  { path: '/sending', label: 'nav_health' },
  { path: '/sending/frequency', label: 'nav_frequency' },
  { path: '/sending/topics', label: 'nav_topics' },
  { path: '/sending/consent', label: 'nav_consent' },
  { path: '/sending/suppressions', label: 'nav_suppressions' },
] as const

interface Props {
  title: string
  reason?: ReactNode
  action?: ReactNode
  children: ReactNode
}

/** A page on how mail leaves and whom it may reach: which one, its answer, what it holds. */
export function SendingPage({ title, reason, action, children }: Props) {
  const t = useText()
  return (
    <>
      <nav aria-label={t('nav')} className={styles.nav}>
        <ul>
          {pages.map((page) => (
            <li key={page.path}>
              <Link to={page.path} activeOptions={{ exact: true }} className={styles.link}>
                {t(page.label)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <PageHeader title={title} reason={reason} action={action} />
      {children}
    </>
  )
}
