import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import {
  cancelJourney,
  drainJourney,
  type JourneyState,
  pauseJourney,
  resumeJourney,
} from '@/api/generated'
import {
  countJourneyMessagesOptions,
  countJourneyOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { type Tone, toast, toastFailure, useErrorLine } from '@/design'
import { useText } from '../texts'

export const tones: Record<JourneyState, Tone> = {
  draft: 'neutral',
  running: 'good',
  paused: 'late',
  draining: 'action',
  cancelled: 'guard',
}

const refreshMilliseconds = 5_000
const recountMilliseconds = 60_000

/** The figures of a journey, asked again while people move in it. */
export function useCounts(journeyId: string, state: JourneyState) {
  const isMoving = state === 'running' || state === 'draining'
  return useQuery({
    ...countJourneyOptions({ path: { journey_id: journeyId } }),
    enabled: state !== 'draft',
    refetchInterval: isMoving ? refreshMilliseconds : false,
  })
}

/** What became of each step's messages: a look at every one of them, so not as often. */
export function useStepMessages(journeyId: string, state: JourneyState) {
  const isMoving = state === 'running' || state === 'draining'
  return useQuery({
    ...countJourneyMessagesOptions({ path: { journey_id: journeyId } }),
    enabled: state !== 'draft',
    refetchInterval: isMoving ? recountMilliseconds : false,
  })
}

const calls = {
  pause: pauseJourney,
  resume: resumeJourney,
  drain: drainJourney,
  cancel: cancelJourney,
}
export type Act = keyof typeof calls

/** Pauses, resumes, drains, ends; says what was done. */
export function useStateAct(journeyId: string, onDone: () => void) {
  const t = useText()
  const queries = useQueryClient()
  const errorLine = useErrorLine()
  return useMutation({
    mutationFn: async (act: Act) => {
      await calls[act]({ path: { journey_id: journeyId }, throwOnError: true })
    },
    onSuccess: async (_, act) => {
      toast(t(`done_${act}`))
      await queries.invalidateQueries({ predicate: ({ queryKey }) => isOfJourneys(queryKey) })
      onDone()
    },
    onError: (error) => toastFailure(errorLine(error)),
  })
}

/** What is asked of journeys, but for drafts, written here, and what is counted one by one. */
export function isOfJourneys([first]: readonly unknown[]): boolean {
  const name = typeof first === 'object' && first !== null && '_id' in first ? first._id : first
  return typeof name === 'string' && /journey/i.test(name) && !/draft|messages/i.test(name)
}
