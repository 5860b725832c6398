import type { RfmMap, RfmMapCell } from '@/api/generated'

export const parts = [1, 2, 3, 4, 5]
const last = 5

export type Span = { from?: number; to?: number }

/** Days since the last order of a column: recency 5 is from none up to the first edge. */
export function daysOf(map: RfmMap, recency: number): Span {
  return {
    from: recency === last ? undefined : map.recency_edges[last - recency - 1],
    to: recency === 1 ? undefined : map.recency_edges[last - recency],
  }
}

/** Orders of a row: frequency 1 is up to and with the first edge. */
export function ordersOf(map: RfmMap, frequency: number): { from: number; to?: number } {
  const below = frequency === 1 ? 0 : (map.frequency_edges[frequency - 2] ?? 0)
  return {
    from: below + 1,
    to: frequency === last ? undefined : map.frequency_edges[frequency - 1],
  }
}

export function cellAt(map: RfmMap, recency: number, frequency: number): RfmMapCell | undefined {
  return map.cells.find((one) => one.recency === recency && one.frequency === frequency)
}

export interface RfmFinding {
  /** The cell that brings most. */
  cell: RfmMapCell
  peopleShare: number
  valueShare: number
  /** Frequent buyers who have not come for long. */
  silent: { people: number; valueShare: number }
}

/** The cell most of the money comes from, and what is about to be lost; null where money is unknown. */
export function findBest(map: RfmMap): RfmFinding | null {
  if (map.value_minor <= 0 || map.n_people === 0) return null
  const cell = map.cells.reduce((best, one) => (one.value_minor > best.value_minor ? one : best))
  const silent = map.cells.filter((one) => one.frequency >= 4 && one.recency <= 2)
  const sum = (of: (one: RfmMapCell) => number) => silent.reduce((all, one) => all + of(one), 0)
  return {
    cell,
    peopleShare: cell.n_people / map.n_people,
    valueShare: cell.value_minor / map.value_minor,
    silent: {
      people: sum((one) => one.n_people),
      valueShare: sum((one) => one.value_minor) / map.value_minor,
    },
  }
}
