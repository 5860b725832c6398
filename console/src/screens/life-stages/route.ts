import { IconSeedling } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: {
    order: 27,
    path: '/life-stages',
    icon: IconSeedling,
    label: { ja: 'ライフステージ', en: 'Life stages' },
  },
  routes: [
    { path: '/life-stages', load: () => import('./LifeStagesScreen') },
    { path: '/life-stages/new', load: () => import('./NewStagesScreen') },
    { path: '/life-stages/$stagesId', load: () => import('./StagesScreen') },
  ],
}
