import type { JourneyDefinition, Next, Step } from './definition'

/** One way out of a step, by its name within it. */
export interface Exit {
  way: string
  to: Next
}

/** A way between two steps; the journey's start is the way `start` out of no step. */
export interface Edge {
  from: string
  way: string
}

export const atStart: Edge = { from: '', way: 'start' }

/** The ways out of a step, from left to right: as the server names them. */
export function waysOut(step: Step): Exit[] {
  switch (step.type) {
    case 'branch':
      return [
        ...step.ways.map(({ id, next = null }) => ({ way: id, to: next })),
        { way: 'otherwise', to: step.otherwise ?? null },
      ]
    case 'split':
    case 'experiment':
      return step.parts.map(({ id, next = null }) => ({ way: id, to: next }))
    case 'wait_for':
      return [
        { way: 'next', to: step.next ?? null },
        { way: 'timeout', to: step.on_timeout ?? null },
      ]
    case 'offer':
      return [
        { way: 'next', to: step.next ?? null },
        { way: 'none', to: step.on_none ?? null },
      ]
    case 'end':
      return []
    default:
      return [{ way: 'next', to: step.next ?? null }]
  }
}

/** The step with each of its ways leading to where `aim` says. */
export function redirected(step: Step, aim: (exit: Exit) => Next): Step {
  switch (step.type) {
    case 'branch':
      return {
        ...step,
        ways: step.ways.map((one) => ({
          ...one,
          next: aim({ way: one.id, to: one.next ?? null }),
        })),
        otherwise: aim({ way: 'otherwise', to: step.otherwise ?? null }),
      }
    case 'split':
    case 'experiment':
      return {
        ...step,
        parts: step.parts.map((one) => ({
          ...one,
          next: aim({ way: one.id, to: one.next ?? null }),
        })),
      }
    case 'wait_for':
      return {
        ...step,
        next: aim({ way: 'next', to: step.next ?? null }),
        on_timeout: aim({ way: 'timeout', to: step.on_timeout ?? null }),
      }
    case 'offer':
      return {
        ...step,
        next: aim({ way: 'next', to: step.next ?? null }),
        on_none: aim({ way: 'none', to: step.on_none ?? null }),
      }
    case 'end':
      return step
    default:
      return { ...step, next: aim({ way: 'next', to: step.next ?? null }) }
  }
}

export const stepsOf = (journey: JourneyDefinition): Step[] => journey.steps ?? []

export function stepOf(journey: JourneyDefinition, id: string | null): Step | undefined {
  return id === null ? undefined : stepsOf(journey).find((one) => one.id === id)
}

export function targetOf(journey: JourneyDefinition, { from, way }: Edge): Next {
  if (from === '') return journey.start ?? null
  const step = stepOf(journey, from)
  return (step && waysOut(step).find((one) => one.way === way)?.to) ?? null
}

/** The journey with one way leading somewhere else. */
export function aimed(journey: JourneyDefinition, edge: Edge, to: Next): JourneyDefinition {
  if (edge.from === '') return { ...journey, start: to }
  const steps = stepsOf(journey).map((one) =>
    one.id === edge.from ? redirected(one, (exit) => (exit.way === edge.way ? to : exit.to)) : one,
  )
  return { ...journey, steps }
}

/** The ways that lead to a step, in the order of the steps. */
export function edgesTo(journey: JourneyDefinition, id: string): Edge[] {
  const found: Edge[] = journey.start === id ? [atStart] : []
  for (const step of stepsOf(journey)) {
    for (const { way, to } of waysOut(step)) if (to === id) found.push({ from: step.id, way })
  }
  return found
}

/** The steps that can be reached, as they are walked: down the first way first. */
export function reached(journey: JourneyDefinition, from: Next = journey.start ?? null): string[] {
  const steps = new Map(stepsOf(journey).map((one) => [one.id, one]))
  const found = new Set<string>()
  const waiting = [from]
  while (waiting.length > 0) {
    const id = waiting.pop()
    const step = id ? steps.get(id) : undefined
    if (!step || found.has(step.id)) continue
    found.add(step.id)
    for (const { to } of waysOut(step).reverse()) waiting.push(to)
  }
  return [...found]
}
