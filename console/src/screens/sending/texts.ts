import { defineTexts } from '@/language/texts'
import * as consent from './words/consent'
import * as frequency from './words/frequency'
import * as health from './words/health'
import * as suppressions from './words/suppressions'
import * as topics from './words/topics'

export const useText = defineTexts('sending', {
  en: { ...health.en, ...frequency.en, ...topics.en, ...consent.en, ...suppressions.en },
  ja: { ...health.ja, ...frequency.ja, ...topics.ja, ...consent.ja, ...suppressions.ja },
})
