import type { Screen } from '@/app/screen'

export const screen: Screen = {
  routes: [
    { path: '/broadcasts/new', load: () => import('./NewScreen') },
    { path: '/broadcasts/$broadcastId/edit', load: () => import('./EditorScreen') },
  ],
}
