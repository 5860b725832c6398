import { defineTexts } from '@/language/texts'
import { common } from '../texts'
import * as experiments from '../words/experiments'

export const useText = defineTexts('journeys_experiments', {
  en: { ...common.en, ...experiments.en },
  ja: { ...common.ja, ...experiments.ja },
})

export type Say = ReturnType<typeof useText>
export type Key = Parameters<Say>[0]
