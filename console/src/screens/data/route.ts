import { IconDatabase } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: {
    order: 72,
    path: '/data',
    icon: IconDatabase,
    label: { ja: 'データ', en: 'Data' },
  },
  routes: [
    { path: '/data', load: () => import('./attributes/AttributesScreen') },
    { path: '/data/attribute', load: () => import('./attributes/AttributeScreen') },
    { path: '/data/events', load: () => import('./events/EventsScreen') },
    { path: '/data/event', load: () => import('./events/EventScreen') },
    { path: '/data/plan', load: () => import('./plan/PlanScreen') },
    { path: '/data/rule', load: () => import('./plan/RuleScreen') },
    { path: '/data/violations', load: () => import('./violations/ViolationsScreen') },
    { path: '/data/rejected', load: () => import('./sources/RejectedScreen') },
    { path: '/data/sources', load: () => import('./sources/SourcesScreen') },
  ],
}
