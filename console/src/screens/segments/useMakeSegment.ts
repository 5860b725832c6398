import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import {
  createSegmentMutation,
  listLiveSegmentsQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { toast, toastFailure, useErrorLine } from '@/design'
import { useText } from './texts'

/** Stores a segment and leads there. */
export function useMakeSegment() {
  const t = useText()
  const errorLine = useErrorLine()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { mutate, isPending } = useMutation({
    ...createSegmentMutation(),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: listLiveSegmentsQueryKey() })
      toast(t('segment_made', { name: made.name_en }))
      await navigate({ to: '/segments/$segmentId', params: { segmentId: made.id } })
    },
    onError: (error) => toastFailure(errorLine(error)),
  })
  return {
    make: (name: string, condition: Record<string, unknown>) =>
      mutate({ body: { name, condition } }),
    isMaking: isPending,
  }
}
