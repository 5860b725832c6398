import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { ApiError } from '@/api/client'
import {
  adviseAudience,
  compareAudience,
  countAudience,
  cutAudience,
  describeAudience,
  type EditRequest,
  portrayAudience,
  reachAudience,
  sampleAudience,
} from '@/api/generated'
import type { Json } from './tree'

// While somebody edits, the instant stays the same, so that only what changed is asked anew.
const pinnedMilliseconds = 50_000
const renewedMilliseconds = 60_000

interface Pin {
  asOf: string
  at: number
}

/** Asks again where a newer edit was in the way, never where the question itself is wrong. */
const retry = (failures: number, error: Error) =>
  failures < 2 && error instanceof ApiError && [0, 409, 503].includes(error.status)

/** The people of the edited tree: the counts first, then everything else about the same edit. */
export function useAudience(condition: Json, segmentId?: string) {
  const text = JSON.stringify(condition)
  const [session] = useState(() => crypto.randomUUID())
  const pin = useRef<Pin | undefined>(undefined)
  const edit = useRef({ text, sequence: 1 })
  if (edit.current.text !== text) edit.current = { text, sequence: edit.current.sequence + 1 }

  const counts = useQuery({
    queryKey: ['audience', 'counts', text],
    placeholderData: keepPreviousData,
    refetchInterval: renewedMilliseconds,
    refetchOnWindowFocus: false,
    staleTime: pinnedMilliseconds,
    gcTime: renewedMilliseconds,
    retry,
    queryFn: async ({ signal }) => {
      const known = pin.current
      const isPinned = known !== undefined && Date.now() - known.at < pinnedMilliseconds
      const started = performance.now()
      const body: EditRequest = {
        condition,
        session,
        sequence: edit.current.sequence,
        ...(isPinned ? { as_of: known.asOf } : {}),
      }
      const { data } = await countAudience({ body, signal, throwOnError: true })
      if (!isPinned) pin.current = { asOf: data.as_of, at: Date.now() }
      const seen = Math.round(performance.now() - started)
      // For whoever measures: how long an edit takes as the browser sees it.
      performance.measure('kikubari:counts', { start: started, end: performance.now() })
      return { ...data, seen }
    },
  })
  const isCurrent = counts.data !== undefined && !counts.isPlaceholderData
  const total = isCurrent ? counts.data.total : null
  const asOf = counts.data?.as_of
  const body: EditRequest = {
    condition,
    as_of: asOf,
    segment_id: segmentId,
    session,
    sequence: edit.current.sequence,
  }

  function useFollowing<T>(
    name: string,
    ask: (signal: AbortSignal) => Promise<{ data: T }>,
    isTime = true,
  ) {
    return useQuery({
      queryKey: ['audience', name, text, asOf],
      enabled: isCurrent && total !== null && isTime,
      placeholderData: keepPreviousData,
      refetchOnWindowFocus: false,
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: renewedMilliseconds,
      retry,
      queryFn: async ({ signal }) => (await ask(signal)).data,
    })
  }
  const isThere = (query: { isSuccess: boolean; isPlaceholderData: boolean }) =>
    query.isSuccess && !query.isPlaceholderData
  const options = { body, throwOnError: true } as const
  // What costs most comes last, so that the next edit finds the server free.
  const words = useFollowing('words', (signal) => describeAudience({ ...options, signal }))
  const funnel = useFollowing('funnel', (signal) => cutAudience({ ...options, signal }))
  const sample = useFollowing('sample', (signal) => sampleAudience({ ...options, signal }))
  const reach = useFollowing(
    'reach',
    (signal) => reachAudience({ ...options, signal }),
    isThere(sample),
  )
  const advice = useFollowing(
    'advice',
    (signal) => adviseAudience({ ...options, signal }),
    isThere(reach),
  )
  const overlaps = useFollowing(
    'overlaps',
    (signal) => compareAudience({ ...options, signal }),
    isThere(advice),
  )
  const portrait = useFollowing(
    'portrait',
    (signal) => portrayAudience({ ...options, signal }),
    isThere(overlaps),
  )
  const isCounting = counts.isFetching && !isCurrent
  return { counts, isCounting, words, funnel, reach, sample, advice, overlaps, portrait }
}

export type Audience = ReturnType<typeof useAudience>
