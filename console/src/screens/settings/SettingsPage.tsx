import type { ReactNode } from 'react'
import { useMay, useSession } from '@/app/session'
import { PageHeader, PageNav } from '@/design'
import { useText } from './texts'

const pages = [
  { path: '/settings', label: 'nav_account', isForAdmins: false },
  { path: '/settings/shop', label: 'nav_shop', isForAdmins: false },
  { path: '/settings/members', label: 'nav_members', isForAdmins: true },
  { path: '/settings/keys', label: 'nav_keys', isForAdmins: true },
  { path: '/settings/sources', label: 'nav_sources', isForAdmins: true },
  { path: '/settings/webhooks', label: 'nav_webhooks', isForAdmins: true },
  { path: '/settings/audit', label: 'nav_audit', isForAdmins: true },
] as const

interface Props {
  title: string
  reason?: ReactNode
  action?: ReactNode
  children: ReactNode
}

/** A page of the settings: which one, its answer, what it holds. */
export function SettingsPage({ title, reason, action, children }: Props) {
  const t = useText()
  const isAdmin = useMay('admin')
  const mustEnrol = useSession().member?.must_enrol
  const shown = pages.filter(
    (page) => (isAdmin || !page.isForAdmins) && (!mustEnrol || page.path === '/settings'),
  )
  return (
    <>
      <PageNav
        label={t('nav')}
        pages={shown.map(({ path, label }) => ({ path, label: t(label) }))}
      />
      <PageHeader title={title} reason={reason} action={action} />
      {children}
    </>
  )
}
