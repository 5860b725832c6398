/** One line of two texts laid side by side: of both, of the earlier only, of the later only. */
export interface Line {
  mark: 'same' | 'gone' | 'new'
  text: string
}

/** Beyond so many pairs of lines, what differs is told as gone and new as a whole. */
const mostPairs = 1_000_000

/** The lines of two texts, with the fewest that are gone and new. */
export function compareLines(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1
  let tail = 0
  const most = Math.min(before.length, after.length) - head
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1
  const middle = between(
    before.slice(head, before.length - tail),
    after.slice(head, after.length - tail),
  )
  const same = (text: string): Line => ({ mark: 'same', text })
  return [
    ...before.slice(0, head).map(same),
    ...middle,
    ...before.slice(before.length - tail).map(same),
  ]
}

/** What changed, with one line around it that did not. */
export function onlyAround(lines: readonly Line[]): Line[] {
  const isNear = (place: number) =>
    [-1, 0, 1].some((by) => (lines[place + by]?.mark ?? 'same') !== 'same')
  return lines.filter((_, place) => isNear(place))
}

function between(before: readonly string[], after: readonly string[]): Line[] {
  const gone = before.map((text): Line => ({ mark: 'gone', text }))
  const fresh = after.map((text): Line => ({ mark: 'new', text }))
  if (before.length * after.length > mostPairs) return [...gone, ...fresh]
  const common = commonLengths(before, after)
  const lines: Line[] = []
  let [one, other] = [0, 0]
  while (one < before.length && other < after.length) {
    if (before[one] === after[other]) {
      lines.push({ mark: 'same', text: before[one] ?? '' })
      one += 1
      other += 1
    } else if (at(common, one + 1, other) >= at(common, one, other + 1)) {
      lines.push(...gone.slice(one, one + 1))
      one += 1
    } else {
      lines.push(...fresh.slice(other, other + 1))
      other += 1
    }
  }
  return [...lines, ...gone.slice(one), ...fresh.slice(other)]
}

const at = (table: number[][], one: number, other: number) => table[one]?.[other] ?? 0

/** How many lines two texts have in common from each pair of places on. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const table: number[][] = before.map(() => [])
  for (let one = before.length - 1; one >= 0; one -= 1) {
    for (let other = after.length - 1; other >= 0; other -= 1) {
      const row = table[one] ?? []
      row[other] =
        before[one] === after[other]
          ? at(table, one + 1, other + 1) + 1
          : Math.max(at(table, one + 1, other), at(table, one, other + 1))
    }
  }
  return table
}
