import { PageNav } from '@/design'
import { useText } from './texts'

const parts = [
  ['tab_rfm', '/insights'],
  ['tab_repeat', '/insights/repeat'],
  ['tab_retention', '/insights/retention'],
  ['tab_baskets', '/insights/baskets'],
  ['tab_revenue', '/insights/revenue'],
  ['tab_models', '/insights/models'],
] as const

export function InsightTabs() {
  const t = useText()
  return (
    <PageNav label={t('parts')} pages={parts.map(([key, path]) => ({ path, label: t(key) }))} />
  )
}
