import { defineTexts } from '@/language/texts'
import { common } from '../texts'
import * as maps from '../words/maps'

export const useText = defineTexts('journeys_maps', {
  en: { ...common.en, ...maps.en },
  ja: { ...common.ja, ...maps.ja },
})

export type Say = ReturnType<typeof useText>
export type Key = Parameters<Say>[0]
