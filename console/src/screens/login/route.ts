import type { Screen } from '@/app/screen'

export const screen: Screen = {
  routes: [
    { path: '/login', load: () => import('./LogInScreen'), isPublic: true },
    { path: '/welcome', load: () => import('./WelcomeScreen'), isPublic: true },
  ],
}
