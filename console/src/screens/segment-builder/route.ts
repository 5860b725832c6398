import type { Screen } from '@/app/screen'

export const screen: Screen = {
  routes: [
    { path: '/segments/new', load: () => import('./SegmentBuilderScreen') },
    { path: '/segments/$segmentId/edit', load: () => import('./SegmentBuilderScreen') },
  ],
}
