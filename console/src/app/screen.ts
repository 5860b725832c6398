import type { Icon } from '@tabler/icons-react'
import type { ComponentType } from 'react'
import type { Language } from '@/language/i18n'

/** What a screen says of itself in its `route.ts`; everything else loads when it is opened. */
export interface Screen {
  /** Its place in the navigation; a screen without one has none there. */
  navigation?: {
    order: number
    path: string
    icon: Icon
    label: Record<Language, string>
    /** A little room above it: something else begins here. */
    beginsGroup?: boolean
  }
  routes: ScreenRoute[]
}

export interface ScreenRoute {
  /** As the router writes it: `/broadcasts/$broadcastId`. */
  path: string
  load: () => Promise<{ default: ComponentType }>
  /** Can be seen without a log-in, and without the navigation around it. */
  isPublic?: boolean
}

const found = import.meta.glob<Screen>('../screens/*/route.ts', { eager: true, import: 'screen' })

export const screens: Screen[] = Object.values(found)
