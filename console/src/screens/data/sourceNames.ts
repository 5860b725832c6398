import { useQuery } from '@tanstack/react-query'
import { listSourceSummariesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useSourceWords } from '@/language/sources'
import { useText } from './texts'

/** Returns how a source is called; 0 is the product itself. */
export function useSourceName(): (id: number | string) => string {
  const t = useText()
  const words = useSourceWords()
  const sources = useQuery(listSourceSummariesOptions())
  return (id) => {
    if (Number(id) === 0) return t('source_own')
    const found = sources.data?.find((one) => one.id === Number(id))
    return found ? words(found.name) : t('source_number', { id })
  }
}
