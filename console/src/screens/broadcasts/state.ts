import { useQuery } from '@tanstack/react-query'
import type { BroadcastDefinition, BroadcastState, Progress } from '@/api/generated'
import {
  getProgressOptions,
  listReasonsOptions,
  listSegmentsOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import type { Tone } from '@/design'
import { useLanguage } from '@/language/texts'
import { useText } from './texts'

export const tones: Record<BroadcastState, Tone> = {
  draft: 'neutral',
  scheduled: 'action',
  repeating: 'action',
  enqueuing: 'action',
  watching: 'action',
  sending: 'action',
  paused: 'late',
  cancelled: 'guard',
  done: 'good',
}

const moving = ['queued', 'sending', 'committing']
const held = ['skipped', 'failed', 'unknown', 'cancelled']
const refreshMilliseconds = 1_500

/** How many messages are in one of some states. */
function countIn(progress: Progress, states: string[]): number {
  const counts: Partial<Record<string, number>> = progress.counts.states
  return states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)
}

export const countSent = (progress: Progress) => countIn(progress, ['sent'])
export const countMoving = (progress: Progress) => countIn(progress, moving)
export const countHeld = (progress: Progress) => countIn(progress, held)

export const isMoving = (state: BroadcastState) =>
  state === 'enqueuing' || state === 'watching' || state === 'sending'

/** How far a broadcast has come, asked again while it moves. */
export function useProgress(broadcastId: string) {
  return useQuery({
    ...getProgressOptions({ path: { broadcast_id: broadcastId } }),
    refetchInterval: ({ state }) =>
      state.data && isMoving(state.data.state) ? refreshMilliseconds : false,
  })
}

/** Says which segment a broadcast is for, in the reader's language. */
export function useSegmentName(): (segment: BroadcastDefinition['segment']) => string {
  const t = useText()
  const language = useLanguage()
  const query = useQuery(listSegmentsOptions())
  return (segment) => {
    if (typeof segment !== 'string') return t('own_conditions')
    const found = query.data?.find((one) => one.id === segment)
    // Until the names are here there is none, rather than an id for a moment.
    if (!found) return query.isPending ? '' : segment
    return language === 'ja' ? found.name_ja : found.name_en
  }
}

/** Says why a message stopped; a code that is not known stands for itself. */
export function useReason(): (code: string) => string {
  const language = useLanguage()
  const reasons = useQuery({
    ...listReasonsOptions(),
    staleTime: Number.POSITIVE_INFINITY,
  }).data
  return (code) => reasons?.find((one) => one.code === code)?.[language] ?? code
}
