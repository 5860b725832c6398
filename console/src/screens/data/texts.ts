import { defineTexts } from '@/language/texts'
import * as attributes from './words/attributes'
import * as classes from './words/classes'
import * as events from './words/events'
import * as plan from './words/plan'
import * as sources from './words/sources'
import * as violations from './words/violations'

export const useText = defineTexts('data', {
  en: {
    ...attributes.en,
    ...classes.en,
    ...events.en,
    ...plan.en,
    ...sources.en,
    ...violations.en,
  },
  ja: {
    ...attributes.ja,
    ...classes.ja,
    ...events.ja,
    ...plan.ja,
    ...sources.ja,
    ...violations.ja,
  },
})
