import { createContext, useContext } from 'react'
import type { Layout } from '../layout/place'
import type { Fault, JourneyDefinition } from '../model/definition'
import type { Edge } from '../model/ways'
import type { Figures } from './figures'

/** Everything the canvas, the list and the panel share. */
export interface Board {
  journey: JourneyDefinition
  layout: Layout
  figures: Figures | undefined
  faults: readonly Fault[]
  mayChange: boolean
  /** The item with the focus: a step, an end, or empty for the trigger. */
  focus: string
  chosen: ReadonlySet<string>
  change: (next: (now: JourneyDefinition) => JourneyDefinition, tag?: string) => void
  /** Goes to an item; with `extends` it is chosen beside the ones before. */
  go: (id: string, doesExtend?: boolean) => void
  choose: (ids: Iterable<string>) => void
  /** Opens what can be said of an item. */
  open: (id: string) => void
  /** Asks what to put on a way. */
  ask: (edge: Edge) => void
  remove: (ids: readonly string[]) => void
  removeBelow: (id: string) => void
  copy: (ids: readonly string[]) => void
  paste: (edge: Edge) => void
  move: (id: string, by: -1 | 1) => void
  announce: (words: string) => void
}

export const BoardContext = createContext<Board | undefined>(undefined)

export function useBoard(): Board {
  const board = useContext(BoardContext)
  if (!board) throw new Error('outside of a journey')
  return board
}

/** The faults of a step: those whose place begins with it. */
export function faultsOf(faults: readonly Fault[], id: string): Fault[] {
  const place = id === '' ? ['trigger', 'start', 'segment'] : [`steps.${id}`]
  return faults.filter(({ path }) =>
    place.some((one) => path === one || path.startsWith(`${one}.`)),
  )
}
