import { Link } from '@tanstack/react-router'
import styles from './DataTabs.module.css'
import { useText } from './texts'

const parts = [
  ['tab_attributes', '/data'],
  ['tab_events', '/data/events'],
  ['tab_plan', '/data/plan'],
  ['tab_violations', '/data/violations'],
  ['tab_rejected', '/data/rejected'],
  ['tab_sources', '/data/sources'],
] as const

export function DataTabs() {
  const t = useText()
  return (
    <nav aria-label={t('parts')} className={styles.tabs}>
      {parts.map(([key, to]) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
          {t(key)}
        </Link>
      ))}
    </nav>
  )
}
