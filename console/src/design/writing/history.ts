import { useReducer } from 'react'

export interface History<T> {
  past: readonly T[]
  present: T
  future: readonly T[]
  /** What the last change was about: changes to the same thing in one go are one step. */
  tag: string
  at: number
}

type Step<T> =
  | { kind: 'change'; next: (now: T) => T; tag: string; at: number }
  | { kind: 'undo' | 'redo' }
  | { kind: 'restart'; to: T }

const pauseMilliseconds = 1_200
const most = 200

export const begin = <T>(present: T): History<T> => ({
  past: [],
  present,
  future: [],
  tag: '',
  at: 0,
})

/** What comes after a step; the very same where nothing changes. */
export function advance<T>(history: History<T>, step: Step<T>): History<T> {
  const { past, present, future } = history
  switch (step.kind) {
    case 'restart':
      return begin(step.to)
    case 'undo': {
      const before = past.at(-1)
      if (before === undefined) return history
      return { ...begin(before), past: past.slice(0, -1), future: [present, ...future] }
    }
    case 'redo': {
      const [after, ...rest] = future
      if (after === undefined) return history
      return { ...begin(after), past: [...past, present], future: rest }
    }
    case 'change': {
      const next = step.next(present)
      if (next === present) return history
      const { tag, at } = step
      const goesOn = tag !== '' && tag === history.tag && at - history.at < pauseMilliseconds
      return {
        past: goesOn ? past : [...past, present].slice(-most),
        present: next,
        future: [],
        tag,
        at,
      }
    }
  }
}

export function useHistory<T>(initial: T) {
  const [history, step] = useReducer(advance<T>, initial, begin)
  return {
    present: history.present,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    undo: () => step({ kind: 'undo' }),
    redo: () => step({ kind: 'redo' }),
    restart: (to: T) => step({ kind: 'restart', to }),
    /** Changes with the same `tag` that follow each other at once are undone together. */
    change: (next: (now: T) => T, tag = '') =>
      step({ kind: 'change', next, tag, at: performance.now() }),
  }
}
