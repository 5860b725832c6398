import { defineTexts } from '@/language/texts'
import { common } from '../texts'
import { check } from '../words/check'

export const useText = defineTexts('editor_check', {
  en: { ...common.en, ...check.en },
  ja: { ...common.ja, ...check.ja },
})
