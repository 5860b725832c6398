import type { SimulationResult } from '@/api/generated'
import type { Figures, WayFigures } from '../state/figures'

/** What a simulation found, as the canvas writes it. */
export function figuresOfResult({ entries, steps }: SimulationResult): Figures {
  const ways = steps.flatMap(({ step, ways: taken }) =>
    taken.map(({ way, people }): [string, WayFigures] => [`${step}.${way}`, { passed: people }]),
  )
  return {
    entered: entries,
    steps: new Map(steps.map(({ step, waiting, arrived }) => [step, { waiting, arrived }])),
    ways: new Map([['.start', { passed: entries }], ...ways]),
  }
}

/** How many messages never left, by reason, the most frequent first. */
export function stopsOf({ steps }: Pick<SimulationResult, 'steps'>): [string, number][] {
  const found = new Map<string, number>()
  for (const { stopped } of steps) {
    for (const [reason, count] of Object.entries(stopped)) {
      found.set(reason, (found.get(reason) ?? 0) + count)
    }
  }
  return [...found].sort(([, one], [, other]) => other - one)
}

/** People by the messages each would have got: every number up to the highest, gaps too. */
export function perPersonOf(
  counts: Record<string, number>,
): { messages: number; people: number }[] {
  const most = Math.max(0, ...Object.keys(counts).map(Number))
  return Array.from({ length: most + 1 }, (_, messages) => ({
    messages,
    people: counts[messages] ?? 0,
  }))
}
