import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError } from '@/api/client'

/** Whether what is seen here is what the server has, and if not, why. */
export type Saving =
  | { state: 'saved'; at: number | undefined }
  | { state: 'waiting' | 'saving' }
  | { state: 'offline' | 'conflict' }
  | { state: 'refused'; error: ApiError }

const pauseMilliseconds = 800
const againMilliseconds = 4_000

/** A document and the version of it that the server has. */
export interface Stored<T> {
  document: T
  version: number
}

export interface Autosave<T> {
  saving: Saving
  version: number
  save: () => Promise<boolean>
  settle: (theirs: Stored<T>, keepsMine: boolean) => void
}

/**
 * Writes a draft whenever its author pauses, one request at a time, each based on the last.
 *
 * `write` answers the version it has made; what it throws is told apart: no answer is tried again,
 * 409 stops until the author has chosen between two versions, all else was refused.
 */
export function useAutosave<T>(
  stored: Stored<T>,
  document: T,
  write: (document: T, basedOn: number) => Promise<number>,
): Autosave<T> {
  const [saving, setSaving] = useState<Saving>({ state: 'saved', at: undefined })
  const latest = useRef(document)
  const written = useRef(document)
  const version = useRef(stored.version)
  const isBusy = useRef(false)
  const isStopped = useRef(false) // until the author has chosen between two versions
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const request = useRef(write)
  request.current = write
  latest.current = document

  /** Writes what is not written yet; says whether the server has all of it now. */
  const save = useCallback(async (): Promise<boolean> => {
    clearTimeout(timer.current)
    const body = latest.current
    if (body === written.current) return true
    if (isBusy.current || isStopped.current) return false
    isBusy.current = true
    setSaving({ state: 'saving' })
    const next = await attempt(() => request.current(body, version.current))
    isBusy.current = false
    if (next.state === 'saved') {
      version.current = next.version
      written.current = body
    }
    isStopped.current = next.state === 'conflict'
    if (latest.current !== body && !isStopped.current) return save()
    setSaving(next.state === 'saved' ? { state: 'saved', at: Date.now() } : next)
    if (next.state === 'offline') timer.current = setTimeout(save, againMilliseconds)
    return next.state === 'saved'
  }, [])

  useEffect(() => {
    if (isBusy.current || isStopped.current) return
    clearTimeout(timer.current)
    if (document === written.current) {
      // Taken back before it was written: the server has it as it is.
      setSaving((now) => (now.state === 'waiting' ? { state: 'saved', at: undefined } : now))
      return
    }
    setSaving({ state: 'waiting' })
    timer.current = setTimeout(save, pauseMilliseconds)
  }, [document, save])
  useLeaving(latest, written, save)

  /** Goes on from a version that came from somewhere else: to keep it, or to write over it. */
  const settle = (theirs: Stored<T>, keepsMine: boolean) => {
    isStopped.current = false
    version.current = theirs.version
    if (!keepsMine) written.current = latest.current = theirs.document
    setSaving(keepsMine ? { state: 'waiting' } : { state: 'saved', at: undefined })
    if (keepsMine) void save()
  }
  return { saving, version: version.current, save, settle }
}

type Written =
  | { state: 'saved'; version: number }
  | { state: 'offline' | 'conflict' }
  | { state: 'refused'; error: ApiError }

async function attempt(write: () => Promise<number>): Promise<Written> {
  try {
    return { state: 'saved', version: await write() }
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) {
      return { state: 'offline' }
    }
    return error.status === 409 ? { state: 'conflict' } : { state: 'refused', error }
  }
}

/** Saves before one goes to another screen, and asks before one closes the page too soon. */
function useLeaving(
  latest: { current: unknown },
  written: { current: unknown },
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
