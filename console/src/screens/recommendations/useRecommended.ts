import { keepPreviousData, useQuery } from '@tanstack/react-query'
import {
  type RecommendationRequest,
  recommend,
  type SuggestionRequest,
  suggest,
} from '@/api/generated'

/** What would be recommended now; nothing is sent or kept. */
export function useRecommended(body: RecommendationRequest) {
  return useQuery({
    queryKey: ['recommended', body],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const { data } = await recommend({ body, signal, throwOnError: true })
      return data
    },
  })
}

/** Which categories or searches would be suggested now. */
export function useSuggested(body: SuggestionRequest) {
  return useQuery({
    queryKey: ['suggested', body],
    queryFn: async ({ signal }) => {
      const { data } = await suggest({ body, signal, throwOnError: true })
      return data
    },
  })
}
