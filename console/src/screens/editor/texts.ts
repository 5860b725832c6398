import { defineTexts } from '@/language/texts'
import { check } from './words/check'
import { frame } from './words/frame'
import { kinds } from './words/kinds'
import { offers } from './words/offers'
import { writing } from './words/writing'

export const useText = defineTexts('editor', {
  en: { ...frame.en, ...kinds.en, ...writing.en, ...check.en, ...offers.en },
  ja: { ...frame.ja, ...kinds.ja, ...writing.ja, ...check.ja, ...offers.ja },
})
