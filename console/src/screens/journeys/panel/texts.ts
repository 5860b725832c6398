import { defineTexts } from '@/language/texts'
import { common } from '../texts'
import * as panel from '../words/panel'

export const useText = defineTexts('journeys_panel', {
  en: { ...common.en, ...panel.en },
  ja: { ...common.ja, ...panel.ja },
})

export type Say = ReturnType<typeof useText>
export type Key = Parameters<Say>[0]
