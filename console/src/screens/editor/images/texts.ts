import { defineTexts } from '@/language/texts'
import { images } from '../words/images'

export const useText = defineTexts('editor_images', images)
