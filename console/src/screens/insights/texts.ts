import { defineTexts } from '@/language/texts'
import * as baskets from './words/baskets'
import * as cohorts from './words/cohorts'
import * as frame from './words/frame'
import * as models from './words/models'
import * as others from './words/others'
import * as recommendations from './words/recommendations'
import * as repeat from './words/repeat'
import * as revenue from './words/revenue'
import * as rfm from './words/rfm'

export const useText = defineTexts('insights', {
  en: {
    ...frame.en,
    ...rfm.en,
    ...repeat.en,
    ...cohorts.en,
    ...baskets.en,
    ...revenue.en,
    ...models.en,
    ...others.en,
    ...recommendations.en,
  },
  ja: {
    ...frame.ja,
    ...rfm.ja,
    ...repeat.ja,
    ...cohorts.ja,
    ...baskets.ja,
    ...revenue.ja,
    ...models.ja,
    ...others.ja,
    ...recommendations.ja,
  },
})
