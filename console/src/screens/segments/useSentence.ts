import { useQuery } from '@tanstack/react-query'
import { describeSegment } from '@/api/generated'
import { useLanguage } from '@/language/texts'

/** Says a condition in plain words; empty until they have come. */
export function useSentence(condition: Record<string, unknown>): string {
  const language = useLanguage()
  const query = useQuery({
    queryKey: ['sentence', JSON.stringify(condition)],
    queryFn: async ({ signal }) =>
      (await describeSegment({ body: { condition }, signal, throwOnError: true })).data,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return query.data?.[language].text ?? ''
}
