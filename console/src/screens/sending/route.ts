import { IconMailCog } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: {
    order: 76,
    path: '/sending',
    icon: IconMailCog,
    label: { ja: '送信', en: 'Sending' },
  },
  routes: [
    { path: '/sending', load: () => import('./HealthScreen') },
    { path: '/sending/senders/$domain', load: () => import('./SenderScreen') },
    { path: '/sending/frequency', load: () => import('./FrequencyScreen') },
    { path: '/sending/topics', load: () => import('./TopicsScreen') },
    { path: '/sending/consent', load: () => import('./ConsentScreen') },
    { path: '/sending/suppressions', load: () => import('./SuppressionsScreen') },
  ],
}
