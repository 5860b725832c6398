import { defineTexts } from '@/language/texts'
import { common } from '../texts'
import { experiment } from '../words/experiment'

export const useText = defineTexts('editor_experiment', {
  en: { ...common.en, ...experiment.en },
  ja: { ...common.ja, ...experiment.ja },
})
