import { defineTexts } from '@/language/texts'
import { common } from '../texts'
import * as explain from '../words/explain'

export const useText = defineTexts('journeys_explain', {
  en: { ...common.en, ...explain.en },
  ja: { ...common.ja, ...explain.ja },
})

export type Key = Parameters<ReturnType<typeof useText>>[0]
