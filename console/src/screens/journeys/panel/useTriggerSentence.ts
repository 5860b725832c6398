import { useQuery } from '@tanstack/react-query'
import { describeJourneyCondition } from '@/api/generated'
import { useLanguage } from '@/language/texts'
import type { Json } from '../model/definition'

/** Says a condition that asks what let the person in; empty until the words have come. */
export function useTriggerSentence(when: Json, event: string): string {
  const language = useLanguage()
  const query = useQuery({
    queryKey: ['trigger sentence', JSON.stringify(when), event],
    queryFn: async ({ signal }) => {
      const body = { when, event: event || null }
      return (await describeJourneyCondition({ body, signal, throwOnError: true })).data
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  return query.data?.[language] ?? ''
}
