import { useCallback, useState } from 'react'

interface History<T> {
  past: T[]
  present: T
  future: T[]
  /** What made the present: changes of one field within a moment are one step. */
  mark: string
  at: number
}

const limit = 200
const momentMilliseconds = 900

/** A value with its past: every change can be taken back. */
export function useHistory<T>(initial: () => T) {
  const [history, setHistory] = useState<History<T>>(() => ({
    past: [],
    present: initial(),
    future: [],
    mark: '',
    at: 0,
  }))
  const change = useCallback((next: (present: T) => T, mark = '') => {
    setHistory((known) => {
      const present = next(known.present)
      if (present === known.present) return known
      const now = Date.now()
      const isSame = mark !== '' && mark === known.mark && now - known.at < momentMilliseconds
      const past = isSame ? known.past : [...known.past.slice(-limit), known.present]
      return { past, present, future: [], mark, at: now }
    })
  }, [])
  const undo = useCallback(() => {
    setHistory((known) => {
      const present = known.past.at(-1)
      if (present === undefined) return known
      const future = [known.present, ...known.future]
      return { past: known.past.slice(0, -1), present, future, mark: '', at: 0 }
    })
  }, [])
  const redo = useCallback(() => {
    setHistory((known) => {
      const [present, ...future] = known.future
      if (present === undefined) return known
      return { past: [...known.past, known.present], present, future, mark: '', at: 0 }
    })
  }, [])
  const reset = useCallback((present: T) => {
    setHistory({ past: [], present, future: [], mark: '', at: 0 })
  }, [])
  return {
    present: history.present,
    change,
    undo,
    redo,
    reset,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
  }
}
