import { defineTexts } from '@/language/texts'

export const useSofterText = defineTexts('editor_softer', {
  en: {
    softer: 'Softer wording',
    softer_out: 'left out',
    softer_use: 'Say it so',
    softer_used: 'The words are changed. Undo takes it back.',
  },
  ja: {
    softer: 'やわらかい言い方',
    softer_out: '書かない',
    softer_use: 'この言い方にする',
    softer_used: '言葉を変えました。取り消しで元に戻せます。',
  },
})
