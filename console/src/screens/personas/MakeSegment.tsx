import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import {
  createSegmentMutation,
  listLiveSegmentsQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { toast, toastFailure, useErrorLine } from '@/design'
import { useText } from './texts'

/** Makes a segment of a stored list and leads there. */
export function MakeSegment({ listId, name }: { listId: string; name: string }) {
  const t = useText()
  const mayWrite = useMay('write')
  const { make, isMaking } = useMakeSegment()
  if (!mayWrite) return null
  return (
    <Button variant="default" loading={isMaking} onClick={() => make(listId, name)}>
      {t('make_segment')}
    </Button>
  )
}

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
    make: (listId: string, name: string) =>
      mutate({ body: { name, condition: { type: 'list', list: listId } } }),
    isMaking: isPending,
  }
}
