import { defineTexts } from '@/language/texts'
import * as canvas from './words/canvas'
import * as panel from './words/panel'
import * as screen from './words/screen'
import * as steps from './words/steps'

export const useText = defineTexts('journeys', {
  en: { ...steps.en, ...canvas.en, ...panel.en, ...screen.en },
  ja: { ...steps.ja, ...canvas.ja, ...panel.ja, ...screen.ja },
})

export type Say = ReturnType<typeof useText>
export type Key = Parameters<Say>[0]
