import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError } from '@/api/client'
import { type Broadcast, type BroadcastDefinition, changeBroadcast } from '@/api/generated'
import { getBroadcastQueryKey } from '@/api/generated/@tanstack/react-query.gen'

/** Whether what is seen here is what the server has, and if not, why. */
export type Saving =
  | { state: 'saved'; at: number | undefined }
  | { state: 'waiting' | 'saving' }
  | { state: 'offline' | 'conflict' }
  | { state: 'refused'; error: ApiError }

const pauseMilliseconds = 800
const againMilliseconds = 4_000

/**
 * Writes a draft whenever its author pauses, one request at a time, each based on the last.
 *
 * A newer version from somewhere else stops it until the author has chosen.
 */
export function useAutosave(broadcast: Broadcast, definition: BroadcastDefinition) {
  const { id } = broadcast
  const queries = useQueryClient()
  const [saving, setSaving] = useState<Saving>({ state: 'saved', at: undefined })
  const latest = useRef(definition)
  const written = useRef(definition)
  const version = useRef(broadcast.version)
  const isBusy = useRef(false)
  const isStopped = useRef(false) // until the author has chosen between two versions
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  latest.current = definition

  /** Writes what is not written yet; says whether the server has all of it now. */
  const save = useCallback(async (): Promise<boolean> => {
    clearTimeout(timer.current)
    const body = latest.current
    if (body === written.current) return true
    if (isBusy.current || isStopped.current) return false
    isBusy.current = true
    setSaving({ state: 'saving' })
    const next = await write(id, body, version.current)
    isBusy.current = false
    if (next.state === 'saved') {
      version.current = next.broadcast.version
      written.current = body
      queries.setQueryData(getBroadcastQueryKey({ path: { broadcast_id: id } }), next.broadcast)
    }
    isStopped.current = next.state === 'conflict'
    if (latest.current !== body && !isStopped.current) return save()
    setSaving(next.state === 'saved' ? { state: 'saved', at: Date.now() } : next)
    if (next.state === 'offline') timer.current = setTimeout(save, againMilliseconds)
    return next.state === 'saved'
  }, [id, queries])

  useEffect(() => {
    if (isBusy.current || isStopped.current) return
    clearTimeout(timer.current)
    if (definition === written.current) {
      // Taken back before it was written: the server has it as it is.
      setSaving((now) => (now.state === 'waiting' ? { state: 'saved', at: undefined } : now))
      return
    }
    setSaving({ state: 'waiting' })
    timer.current = setTimeout(save, pauseMilliseconds)
  }, [definition, save])
  useLeaving(latest, written, save)

  /** Goes on from a version that came from somewhere else: to keep it, or to write over it. */
  const settle = (theirs: Broadcast, keepsMine: boolean) => {
    isStopped.current = false
    version.current = theirs.version
    if (!keepsMine) written.current = latest.current = theirs.definition
    setSaving(keepsMine ? { state: 'waiting' } : { state: 'saved', at: undefined })
    if (keepsMine) void save()
  }
  return { saving, version: version.current, save, settle }
}

type Written =
  | { state: 'saved'; broadcast: Broadcast }
  | { state: 'offline' | 'conflict' }
  | { state: 'refused'; error: ApiError }

async function write(id: string, body: BroadcastDefinition, version: number): Promise<Written> {
  try {
    const path = { broadcast_id: id }
    const query = { based_on: version }
    const { data } = await changeBroadcast({ path, query, body, throwOnError: true })
    return { state: 'saved', broadcast: data }
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) {
      return { state: 'offline' }
    }
    return error.status === 409 ? { state: 'conflict' } : { state: 'refused', error }
  }
}

/** Saves before one goes to another screen, and asks before one closes the page too soon. */
function useLeaving(
  latest: { current: BroadcastDefinition },
  written: { current: BroadcastDefinition },
  save: () => Promise<boolean>,
) {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (latest.current === written.current) return
      void save()
      event.preventDefault()
    }
    window.addEventListener('beforeunload', warn)
    return () => {
      window.removeEventListener('beforeunload', warn)
      void save()
    }
  }, [latest, written, save])
}
