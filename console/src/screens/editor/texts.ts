import { defineTexts } from '@/language/texts'
import { frame } from './words/frame'
import { kinds } from './words/kinds'
import { letters } from './words/letters'
import { notes } from './words/notes'
import { strategies } from './words/strategies'
import { writing } from './words/writing'

/** What every part of the editor says; the checks and previews add their own. */
export const common = {
  en: {
    ...frame.en,
    ...kinds.en,
    ...writing.en,
    ...notes.en,
    ...letters.en,
    ...strategies.en,
  },
  ja: {
    ...frame.ja,
    ...kinds.ja,
    ...writing.ja,
    ...notes.ja,
    ...letters.ja,
    ...strategies.ja,
  },
}

export const useText = defineTexts('editor', common)
