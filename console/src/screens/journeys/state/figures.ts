import type { JourneyCounts, StepMessages, WayCount } from '@/api/generated'

/** How many people are where: what the canvas writes on steps and ways. */
export interface StepFigures {
  waiting: number
  arrived: number
  /** Of those who went on from here: how many, and how many of these reached the goal. */
  passed?: number
  converted?: number
  /** Of a message: what became of those it queued. */
  messages?: StepMessages
}

export interface WayFigures {
  passed: number
  /** Of these, reached the goal after it; undefined where that is not counted. */
  converted?: number
}

export interface Figures {
  /** Of all who came in: what the width of a way is measured by. */
  entered: number
  converted?: number
  steps: ReadonlyMap<string, StepFigures>
  /** By `step.way`. */
  ways: ReadonlyMap<string, WayFigures>
}

/** The server's figures as the canvas writes them. */
export function figuresOf(counts: JourneyCounts, messages: StepMessages[] = []): Figures {
  const { entered, converted } = counts.conversions
  const became = new Map(messages.map((one) => [one.step, one]))
  const sum = (ways: readonly WayCount[], of: 'passed' | 'converted') =>
    ways.reduce((total, one) => total + (one[of] ?? 0), 0)
  const ways = counts.steps.flatMap(({ step, ways: out }) =>
    out.map(({ way, passed, converted = 0 }): [string, WayFigures] => [
      `${step}.${way}`,
      { passed, converted },
    ]),
  )
  return {
    entered,
    converted,
    steps: new Map(
      counts.steps.map(({ step, waiting, arrived, ways: out }) => [
        step,
        {
          waiting,
          arrived,
          passed: sum(out, 'passed'),
          converted: sum(out, 'converted'),
          messages: became.get(step),
        },
      ]),
    ),
    ways: new Map([['.start', { passed: entered, converted }], ...ways]),
  }
}

/** Which part reached the goal, undefined where nobody could or nobody counts. */
export function goalShare({ passed, converted }: Partial<WayFigures>): number | undefined {
  return passed && converted !== undefined ? converted / passed : undefined
}

/** How many messages of a step will never leave. */
export function stoppedOf(one: StepMessages): number {
  return one.by_cap + one.by_guard + one.by_consent + one.withdrawn + one.by_other
}
