import { defineTexts } from '@/language/texts'
import * as canvas from './words/canvas'
import * as screen from './words/screen'
import * as steps from './words/steps'

/** What every screen about journeys says; forms, experiments, trials and maps add their own. */
export const common = {
  en: { ...steps.en, ...canvas.en, ...screen.en },
  ja: { ...steps.ja, ...canvas.ja, ...screen.ja },
}

export const useText = defineTexts('journeys', common)

export type Say = ReturnType<typeof useText>
export type Key = Parameters<Say>[0]
