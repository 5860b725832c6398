import { IconHome } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: { order: 10, path: '/', icon: IconHome, label: { ja: 'ホーム', en: 'Home' } },
  routes: [{ path: '/', load: () => import('./HomeScreen') }],
}
