import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { checkLifeStages, type LifeStages, type StageRefusal } from '@/api/generated'
import {
  countLifeStagesQueryKey,
  getLifeStagesQueryKey,
  listLifeStagesQueryKey,
  putLifeStagesMutation,
} from '@/api/generated/@tanstack/react-query.gen'
import { toast, toastFailure, useErrorLine } from '@/design'
import { type Draft, faultOf, writeDefinition } from './draft'
import { useText } from './texts'

const checkAfterMilliseconds = 500

/** Returns what may not be inferred of a draft that is whole, a moment after it was changed. */
export function useRefusals(draft: Draft): StageRefusal[] {
  const [asked, setAsked] = useState<LifeStages>()
  useEffect(() => {
    const later = setTimeout(
      () => setAsked(faultOf(draft) ? undefined : writeDefinition(draft)),
      checkAfterMilliseconds,
    )
    return () => clearTimeout(later)
  }, [draft])
  const check = useQuery({
    queryKey: ['life stages checked', asked],
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const body = asked as LifeStages
      return (await checkLifeStages({ body, signal, throwOnError: true })).data
    },
  })
  return asked ? (check.data ?? []) : []
}

/** Writes a definition down, and has every list of them read anew. */
export function useSave(onDone: () => void) {
  const t = useText()
  const errorLine = useErrorLine()
  const client = useQueryClient()
  return useMutation({
    ...putLifeStagesMutation(),
    onSuccess: async (saved) => {
      const path = { stages_id: saved.id }
      client.setQueryData(getLifeStagesQueryKey({ path }), saved)
      await client.invalidateQueries({ queryKey: listLifeStagesQueryKey() })
      await client.invalidateQueries({ queryKey: countLifeStagesQueryKey({ path }) })
      toast(t('saved'))
      onDone()
    },
    onError: (error) => toastFailure(errorLine(error)),
  })
}
