import { useQuery } from '@tanstack/react-query'
import { ApiError } from '@/api/client'
import type { Health } from '@/api/generated'
import { getHealthQueryKey } from '@/api/generated/@tanstack/react-query.gen'

const refreshMilliseconds = 5_000

/** How every part of the server fares, asked again and again. */
export function useHealth() {
  return useQuery({
    queryKey: getHealthQueryKey(),
    queryFn: ({ signal }) => readHealth(signal),
    refetchInterval: refreshMilliseconds,
  })
}

/** Reads the answer also where it says that a part has stopped: for that its status is 503. */
async function readHealth(signal: AbortSignal): Promise<Health> {
  const answer = await fetch('/healthz', { signal }).catch((fault) => {
    throw signal.aborted ? fault : new ApiError(0, undefined)
  })
  const said = await answer.json().catch(() => undefined)
  if (said?.consumers) return said
  throw new ApiError(answer.status, said?.error)
}
