import { IconTags } from '@tabler/icons-react'
import type { Screen } from '@/app/screen'

export const screen: Screen = {
  navigation: {
    order: 71,
    path: '/catalogue',
    icon: IconTags,
    label: { ja: '商品', en: 'Catalogue' },
    beginsGroup: true,
  },
  routes: [
    { path: '/catalogue', load: () => import('./CatalogueScreen') },
    { path: '/catalogue-news', load: () => import('./NewsScreen') },
    { path: '/catalogue/$productId', load: () => import('./ProductScreen') },
  ],
}
