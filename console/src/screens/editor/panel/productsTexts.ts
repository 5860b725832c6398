import { defineTexts } from '@/language/texts'
import { common } from '../texts'
import { strategyFields } from '../words/strategyFields'

export const useText = defineTexts('editor_products', {
  en: { ...common.en, ...strategyFields.en },
  ja: { ...common.ja, ...strategyFields.ja },
})
