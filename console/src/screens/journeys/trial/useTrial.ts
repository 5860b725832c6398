import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { cancelSimulation, type Simulation, simulateJourney } from '@/api/generated'
import {
  getSimulationOptions,
  listSimulationsOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { toastFailure, useErrorLine } from '@/design'

const askMilliseconds = 1_000

/** The newest simulation of a journey, asked again while it runs; how to begin and to end one. */
export function useTrial(journeyId: string) {
  const queries = useQueryClient()
  const errorLine = useErrorLine()
  const newest = listSimulationsOptions({ path: { journey_id: journeyId }, query: { limit: 1 } })
  const found = useQuery(newest)
  const first = found.data?.[0]
  const isRunning = first?.state === 'running'
  const asked = useQuery({
    ...getSimulationOptions({ path: { simulation_id: first?.id ?? '' } }),
    enabled: isRunning,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? askMilliseconds : false),
  })
  const simulation = isRunning && asked.data?.id === first.id ? asked.data : first
  const show = (one: Simulation) => queries.setQueryData(newest.queryKey, [one])
  const onError = (error: unknown) => toastFailure(errorLine(error))
  const start = useMutation({
    mutationFn: async (span: { since?: string; until?: string }) => {
      const path = { journey_id: journeyId }
      return (await simulateJourney({ path, body: span, throwOnError: true })).data
    },
    onSuccess: show,
    onError,
  })
  const cancel = useMutation({
    mutationFn: async (simulation_id: string) =>
      (await cancelSimulation({ path: { simulation_id }, throwOnError: true })).data,
    onSuccess: async (one) => {
      show(one)
      await queries.invalidateQueries({ queryKey: newest.queryKey })
    },
    onError,
  })
  return { query: found, simulation, start, cancel }
}
