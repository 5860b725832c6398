import { defineTexts } from '@/language/texts'
import { common } from '../texts'
import { offers } from '../words/offers'

export const useText = defineTexts('editor_coupons', {
  en: { ...common.en, ...offers.en },
  ja: { ...common.ja, ...offers.ja },
})
