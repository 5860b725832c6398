import { IconRoute } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: {
    order: 55,
    path: '/journeys',
    icon: IconRoute,
    label: { ja: 'ジャーニー', en: 'Journeys' },
    beginsGroup: true,
  },
  routes: [
    { path: '/journeys', load: () => import('./list/JourneysScreen') },
    { path: '/journeys/experiments', load: () => import('./experiments/ExperimentsScreen') },
    { path: '/journeys/conflicts', load: () => import('./maps/ConflictsScreen') },
    { path: '/journeys/map', load: () => import('./maps/MapScreen') },
    { path: '/journeys/$journeyId/trial', load: () => import('./trial/TrialScreen') },
    { path: '/journeys/$journeyId', load: () => import('./screen/JourneyScreen') },
  ],
}
