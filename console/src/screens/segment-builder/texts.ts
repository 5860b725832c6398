import { defineTexts } from '@/language/texts'
import * as conditions from './words/conditions'
import * as fields from './words/fields'
import * as names from './words/names'
import * as panels from './words/panels'
import * as screen from './words/screen'

export const useText = defineTexts('segment-builder', {
  en: { ...conditions.en, ...fields.en, ...names.en, ...panels.en, ...screen.en },
  ja: { ...conditions.ja, ...fields.ja, ...names.ja, ...panels.ja, ...screen.ja },
})

export type Say = ReturnType<typeof useText>
export type Key = Parameters<Say>[0]
