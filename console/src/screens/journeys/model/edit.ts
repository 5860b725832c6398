import type { JourneyDefinition, Next, Step } from './definition'
import {
  aimed,
  type Edge,
  edgesTo,
  reached,
  redirected,
  stepOf,
  stepsOf,
  targetOf,
  waysOut,
} from './ways'

/** Every change of a journey: pure, so that undo is only remembering. */

export type MakeId = (kind: string) => string

/** Ids are never used twice, not even for a step that is gone: figures hang on them. */
export const makeId: MakeId = (kind) => `${kind}-${crypto.randomUUID().slice(0, 8)}`

/** Puts a step on a way. All the ways out of it lead to what came next: nobody is lost. */
export function insertStep(journey: JourneyDefinition, edge: Edge, step: Step): JourneyDefinition {
  const onward = targetOf(journey, edge)
  const placed = redirected(step, () => onward)
  const more = { ...journey, steps: [...stepsOf(journey), placed] }
  return withoutUnreached(aimed(more, edge, step.id))
}

/** Where people go on who would have come to a step that is taken out. */
function healed(step: Step): Next {
  const targets = waysOut(step).map((one) => one.to)
  return targets.findLast((to) => to !== null) ?? null
}

/** Takes steps out; what came before each leads on to what came after it. */
export function removeSteps(journey: JourneyDefinition, ids: readonly string[]): JourneyDefinition {
  let now = journey
  for (const id of ids) {
    const step = stepOf(now, id)
    if (!step) continue
    const onward = healed(step)
    for (const edge of edgesTo(now, id)) now = aimed(now, edge, onward)
    now = { ...now, steps: stepsOf(now).filter((one) => one.id !== id) }
  }
  return now === journey ? journey : withoutUnreached(now)
}

/** Takes a step out with all that only it leads to. */
export function removeBelow(journey: JourneyDefinition, id: string): JourneyDefinition {
  let now = journey
  for (const edge of edgesTo(journey, id)) now = aimed(now, edge, null)
  return withoutUnreached(now)
}

/** Lets a way end, or lead to a step further on; undefined where that would lead back. */
export function leadTo(
  journey: JourneyDefinition,
  edge: Edge,
  to: Next,
): JourneyDefinition | undefined {
  const leadsBack = to !== null && edge.from !== '' && reached(journey, to).includes(edge.from)
  return leadsBack ? undefined : withoutUnreached(aimed(journey, edge, to))
}

function withoutUnreached(journey: JourneyDefinition): JourneyDefinition {
  const kept = new Set(reached(journey))
  return { ...journey, steps: stepsOf(journey).filter((one) => kept.has(one.id)) }
}

export function changeStep(journey: JourneyDefinition, step: Step): JourneyDefinition {
  const steps = stepsOf(journey).map((one) => (one.id === step.id ? step : one))
  return withoutUnreached({ ...journey, steps })
}

/** Steps that are on their way to another place, or another journey: outermost first. */
export type Clip = readonly Step[]

/** Copies steps with the ways among them; what leads out of them ends. */
export function copySteps(journey: JourneyDefinition, ids: readonly string[]): Clip {
  const chosen = new Set(ids)
  const order = reached(journey).filter((id) => chosen.has(id))
  return order
    .map((id) => stepOf(journey, id))
    .filter((one) => one !== undefined)
    .map((step) => redirected(step, ({ to }) => (to !== null && chosen.has(to) ? to : null)))
}

/**
 * Puts copies on a way, with ids of their own.
 *
 * Pieces that are not joined follow each other; what ends in them leads on to what came next.
 */
export function pasteSteps(
  journey: JourneyDefinition,
  edge: Edge,
  clip: Clip,
  newId: MakeId = makeId,
): { journey: JourneyDefinition; ids: string[] } {
  const names = new Map(clip.map((one) => [one.id, newId(one.type)]))
  const copies = clip.map((step) => ({
    ...redirected(structuredClone(step), ({ to }) => (to && names.get(to)) ?? null),
    id: names.get(step.id) ?? step.id,
  }))
  const aims = new Set(copies.flatMap((one) => waysOut(one).map(({ to }) => to)))
  const heads = copies.filter((one) => !aims.has(one.id))
  const onward = targetOf(journey, edge)
  const follower = followers(copies, heads, onward)
  const joined = copies.map((step) =>
    redirected(step, ({ to }) => to ?? follower.get(step.id) ?? null),
  )
  const more = { ...journey, steps: [...stepsOf(journey), ...joined] }
  const first = heads[0]
  if (!first) return { journey, ids: [] }
  return {
    journey: withoutUnreached(aimed(more, edge, first.id)),
    ids: copies.map((one) => one.id),
  }
}

/** For each copied step, where what ends in its piece goes on. */
function followers(copies: Step[], heads: Step[], onward: Next): Map<string, Next> {
  const inside = { name: '', steps: copies } as unknown as JourneyDefinition
  const found = new Map<string, Next>()
  for (const [index, head] of heads.entries()) {
    const next = heads[index + 1]?.id ?? onward
    for (const id of reached(inside, head.id)) if (!found.has(id)) found.set(id, next)
  }
  return found
}

/** Moves a step before the one above it, or behind the one below; undefined where it cannot go. */
export function moveStep(
  journey: JourneyDefinition,
  id: string,
  by: -1 | 1,
): JourneyDefinition | undefined {
  const step = stepOf(journey, id)
  if (!step) return undefined
  if (by < 0) {
    const [above, ...others] = edgesTo(journey, id)
    return above && above.from !== '' && others.length === 0 ? swap(journey, above, id) : undefined
  }
  const way = waysOut(step)[0]
  if (!way?.to || edgesTo(journey, way.to).length > 1) return undefined
  return swap(journey, { from: id, way: way.way }, way.to)
}

/** Turns two steps round that follow each other on a way: the lower takes the upper's place. */
function swap(journey: JourneyDefinition, between: Edge, lowerId: string) {
  const lower = stepOf(journey, lowerId)
  const out = lower && waysOut(lower)[0]
  if (!out) return undefined
  let now = journey
  for (const edge of edgesTo(journey, between.from)) now = aimed(now, edge, lowerId)
  now = aimed(now, { from: lowerId, way: out.way }, between.from)
  return aimed(now, between, out.to)
}
