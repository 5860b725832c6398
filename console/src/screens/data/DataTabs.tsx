import { PageNav } from '@/design'
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
    <PageNav label={t('parts')} pages={parts.map(([key, path]) => ({ path, label: t(key) }))} />
  )
}
