/** What can be done with one thing of an ordered list; left out where it cannot. */
export interface Moves {
  onUp?: () => void
  onDown?: () => void
  onRemove?: () => void
}

/** Returns a list with one thing a place further up or down; the same list at its ends. */
export function moved<T>(things: T[], index: number, step: -1 | 1): T[] {
  const one = things[index]
  const other = things[index + step]
  if (one === undefined || other === undefined) return things
  return things.map((thing, at) => (at === index ? other : at === index + step ? one : thing))
}

/** Returns what can be done with the thing at a place; no fewer than `fewest` are left. */
export function movesOf<T>(
  things: T[],
  index: number,
  set: (things: T[]) => void,
  { fewest }: { fewest: number },
): Moves {
  return {
    onUp: index > 0 ? () => set(moved(things, index, -1)) : undefined,
    onDown: index < things.length - 1 ? () => set(moved(things, index, 1)) : undefined,
    onRemove:
      things.length > fewest ? () => set(things.filter((_, at) => at !== index)) : undefined,
  }
}
