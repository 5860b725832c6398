import { IconTicket } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: {
    order: 65,
    path: '/offers',
    icon: IconTicket,
    label: { ja: 'オファー', en: 'Offers' },
  },
  routes: [
    { path: '/offers', load: () => import('./OffersScreen') },
    { path: '/offers/$offerId', load: () => import('./OfferScreen') },
  ],
}
