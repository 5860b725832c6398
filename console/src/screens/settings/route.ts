import { IconSettings } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: {
    order: 80,
    path: '/settings',
    icon: IconSettings,
    label: { ja: '設定', en: 'Settings' },
  },
  routes: [
    { path: '/settings', load: () => import('./AccountScreen') },
    { path: '/settings/members', load: () => import('./MembersScreen') },
    { path: '/settings/keys', load: () => import('./KeysScreen') },
    { path: '/settings/sources', load: () => import('./SourcesScreen') },
    { path: '/settings/webhooks', load: () => import('./WebhooksScreen') },
    { path: '/settings/audit', load: () => import('./AuditScreen') },
    { path: '/settings/shop', load: () => import('./ShopScreen') },
  ],
}
