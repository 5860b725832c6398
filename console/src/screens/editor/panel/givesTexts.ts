import { defineTexts } from '@/language/texts'

export const useGivesText = defineTexts('editor_gives', {
  en: {
    gives: 'It gives, and asks for nothing',
    gives_note:
      'Advice, thanks, something of use. Else it counts as asking, and after five in a row that asked the guard warns.',
    gives_coupon: 'A message with a code counts as asking.',
  },
  ja: {
    gives: '役に立つことだけを届け、何もお願いしない',
    gives_note:
      '使い方、お礼、豆知識など。それ以外は「お願い」と数え、5通続いた相手には警告が出ます。',
    gives_coupon: 'コードを配るメッセージは「お願い」と数えます。',
  },
})
