import { defineTexts } from '@/language/texts'
import { common } from '../texts'
import * as trial from '../words/trial'

export const useText = defineTexts('journeys_trial', {
  en: { ...common.en, ...trial.en },
  ja: { ...common.ja, ...trial.ja },
})

export type Say = ReturnType<typeof useText>
export type Key = Parameters<Say>[0]
