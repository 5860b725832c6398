import { IconUser } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: {
    order: 30,
    path: '/profiles',
    icon: IconUser,
    label: { ja: 'お客様', en: 'People' },
  },
  routes: [
    { path: '/profiles', load: () => import('./ProfilesScreen') },
    { path: '/profiles/$profileId', load: () => import('./ProfileScreen') },
  ],
}
