import { IconUsersGroup } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: {
    order: 20,
    path: '/segments',
    icon: IconUsersGroup,
    label: { ja: 'セグメント', en: 'Segments' },
    beginsGroup: true,
  },
  routes: [
    { path: '/segments', load: () => import('./SegmentsScreen') },
    { path: '/segments/$segmentId', load: () => import('./SegmentScreen') },
  ],
}
