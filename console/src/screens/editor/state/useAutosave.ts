import { useQueryClient } from '@tanstack/react-query'
import { type Broadcast, type BroadcastDefinition, changeBroadcast } from '@/api/generated'
import { getBroadcastQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import * as writing from '@/design/writing/useAutosave'

/** Keeps a broadcast's draft as it is written. */
export function useAutosave(broadcast: Broadcast, definition: BroadcastDefinition) {
  const queries = useQueryClient()
  const path = { broadcast_id: broadcast.id }
  const stored = { document: broadcast.definition, version: broadcast.version }
  return writing.useAutosave(stored, definition, async (body, based_on) => {
    const query = { based_on }
    const { data } = await changeBroadcast({ path, query, body, throwOnError: true })
    queries.setQueryData(getBroadcastQueryKey({ path }), data)
    return data.version
  })
}
