import type { Problem } from '@/api/generated'
import { useLanguage } from '@/language/texts'
import { useText } from '../texts'

/** Says a problem in the author's language; what it has no words for stands as the API says it. */
export function useProblemWords(): (problem: Problem) => string {
  const t = useText()
  const language = useLanguage()
  const named = (message: string) => /'([^']*)'/.exec(message)?.[1] ?? ''
  return ({ code, message }) => {
    if (language === 'en') return sentence(message)
    switch (code) {
      case 'footer_missing':
        return t('problem_footer')
      case 'contrast_low':
        return t('problem_contrast')
      case 'saved_block_unknown':
        return t('problem_saved')
      case 'link_empty':
        return t('problem_link_empty')
      case 'link_unsafe':
        return t('problem_link_unsafe')
      case 'alt_missing':
        return t('problem_alt')
      case 'label_empty':
        return t('problem_label')
      case 'heading_empty':
        return t('problem_heading')
      case 'filter_unknown':
        return t('problem_filter', { name: named(message) })
      case 'name_unknown':
        return t('problem_name', { name: named(message) })
      case 'countdown_over':
      case 'offer_over':
        return t('problem_over', { name: named(message) })
      case 'product_gone':
      case 'product_sold_out':
        return t('problem_gone', { name: named(message) })
      default:
        return sentence(message)
    }
  }
}

const sentence = (message: string) => `${message.charAt(0).toUpperCase()}${message.slice(1)}`
