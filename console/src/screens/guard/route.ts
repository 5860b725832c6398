import { IconShieldCheck } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: {
    order: 75,
    path: '/guard',
    icon: IconShieldCheck,
    label: { ja: 'ガード', en: 'Guard' },
    beginsGroup: true,
  },
  routes: [{ path: '/guard', load: () => import('./GuardScreen') }],
}
