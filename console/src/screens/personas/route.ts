import { IconMasksTheater } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: {
    order: 25,
    path: '/personas',
    icon: IconMasksTheater,
    label: { ja: 'ペルソナ', en: 'Personas' },
  },
  routes: [
    { path: '/personas', load: () => import('./PersonasScreen') },
    { path: '/segments/lookalikes', load: () => import('./LookalikesScreen') },
  ],
}
