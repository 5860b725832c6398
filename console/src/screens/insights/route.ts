import { IconChartGridDots } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: {
    order: 15,
    path: '/insights',
    icon: IconChartGridDots,
    label: { ja: 'インサイト', en: 'Insights' },
  },
  routes: [
    { path: '/insights', load: () => import('./rfm/RfmScreen') },
    { path: '/insights/repeat', load: () => import('./repeat/RepeatScreen') },
    { path: '/insights/retention', load: () => import('./retention/RetentionScreen') },
    { path: '/insights/baskets', load: () => import('./baskets/BasketsScreen') },
    { path: '/insights/revenue', load: () => import('./growth/GrowthScreen') },
    { path: '/insights/models', load: () => import('./models/ModelsScreen') },
  ],
}
