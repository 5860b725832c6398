import { IconInbox } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: { order: 70, path: '/inbox', icon: IconInbox, label: { ja: '受信箱', en: 'Inbox' } },
  routes: [
    { path: '/inbox', load: () => import('./InboxScreen') },
    { path: '/inbox/$mailId', load: () => import('./MailScreen') },
  ],
}
