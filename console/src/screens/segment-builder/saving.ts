import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useBlocker, useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { ApiError } from '@/api/client'
import { changeSegment, createSegment, getSegment, type SegmentAnswer } from '@/api/generated'
import { toast, toastFailure, useErrorLine } from '@/design'
import { useText } from './texts'
import type { Json } from './tree'

export interface Draft {
  name: string
  description: string
  condition: Json
}

interface Options {
  draft: Draft
  /** The stored segment that is edited; ready-made ones can only be saved as new. */
  segment: SegmentAnswer | undefined
  isChanged: boolean
  onSaved: (saved: SegmentAnswer) => void
}

/** Saves, notices that somebody else did meanwhile, and warns before changes are lost. */
export function useSaving({ draft, segment, isChanged, onSaved }: Options) {
  const t = useText()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const errorLine = useErrorLine()
  const [theirs, setTheirs] = useState<SegmentAnswer>()
  const isLeaving = useRef(false)
  useBlocker({
    shouldBlockFn: () => isChanged && !isLeaving.current && !window.confirm(t('leave')),
    enableBeforeUnload: () => isChanged,
  })
  const mutation = useMutation({
    mutationFn: async ({ asNew, version }: { asNew: boolean; version?: number }) => {
      if (asNew || !segment || segment.is_builtin) {
        return (await createSegment({ body: draft, throwOnError: true })).data
      }
      const path = { segment_id: segment.id }
      const body = { ...draft, version: version ?? segment.version }
      return (await changeSegment({ path, body, throwOnError: true })).data
    },
    onSuccess: async (saved) => {
      toast(t('saved'))
      setTheirs(undefined)
      await queries.invalidateQueries({ predicate: ({ queryKey }) => isOfSegments(queryKey) })
      onSaved(saved)
      if (saved.id !== segment?.id) {
        isLeaving.current = true
        await navigate({ to: '/segments/$segmentId/edit', params: { segmentId: saved.id } })
        isLeaving.current = false
      }
    },
    onError: async (error) => {
      const isConflict = error instanceof ApiError && error.status === 409
      if (isConflict && segment) {
        const path = { segment_id: segment.id }
        setTheirs((await getSegment({ path, throwOnError: true })).data)
      } else if (error instanceof ApiError && error.status === 400) {
        toastFailure(error.body?.message ?? errorLine(error))
      } else toastFailure(errorLine(error))
    },
  })
  return {
    theirs,
    forget: () => setTheirs(undefined),
    isSaving: mutation.isPending,
    save: () => mutation.mutate({ asNew: false }),
    saveAsNew: () => mutation.mutate({ asNew: true }),
    overwrite: () => theirs && mutation.mutate({ asNew: false, version: theirs.version }),
  }
}

/** The generated keys name the operation: listSegments, getSegment and so on. */
function isOfSegments(key: readonly unknown[]): boolean {
  const [first] = key
  const name = typeof first === 'object' && first !== null && '_id' in first ? first._id : first
  return typeof name === 'string' && /segment/i.test(name)
}
