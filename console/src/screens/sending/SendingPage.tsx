import type { ReactNode } from 'react'
import { PageHeader, PageNav } from '@/design'
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
      <PageNav
        label={t('nav')}
        pages={pages.map(({ path, label }) => ({ path, label: t(label) }))}
      />
      <PageHeader title={title} reason={reason} action={action} />
      {children}
    </>
  )
}
