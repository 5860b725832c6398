import { IconRoute } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: {
    order: 55,
    path: '/journeys',
    icon: IconRoute,
    label: { ja: 'ジャーニー', en: 'Journeys' },
  },
  routes: [
    { path: '/journeys', load: () => import('./list/JourneysScreen') },
    { path: '/journeys/$journeyId', load: () => import('./screen/JourneyScreen') },
  ],
}
