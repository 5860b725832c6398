import { IconSend } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: {
    order: 60,
    path: '/broadcasts',
    icon: IconSend,
    label: { ja: '配信', en: 'Broadcasts' },
  },
  routes: [
    { path: '/broadcasts', load: () => import('./BroadcastsScreen') },
    { path: '/broadcasts/$broadcastId', load: () => import('./BroadcastScreen') },
  ],
}
