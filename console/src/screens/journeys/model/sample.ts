import type { JourneyDefinition, Kind, Step } from './definition'
import { insertStep } from './edit'
import { atStart, type Edge, stepsOf, waysOut } from './ways'

/** Journeys of any size that are always the same for the same seed: for tests and measuring. */
export function sampleJourney(count: number, seed = 1): JourneyDefinition {
  const draw = generator(seed)
  let journey: JourneyDefinition = { name: 'sample', trigger: { type: 'api' } }
  for (let n = 0; stepsOf(journey).length < count; n++) {
    const edges: Edge[] = [
      atStart,
      ...stepsOf(journey).flatMap((step) =>
        waysOut(step).map(({ way }) => ({ from: step.id, way })),
      ),
    ]
    const edge = edges[Math.floor(draw() * edges.length)] ?? atStart
    const kind = kinds[Math.floor(draw() * kinds.length)] ?? 'wait'
    journey = insertStep(journey, edge, sampleStep(kind, `s${n}`))
  }
  return journey
}

const kinds: Kind[] = ['message', 'wait', 'wait', 'set_trait', 'branch', 'wait_for', 'split']

export function sampleStep(kind: Kind, id: string): Step {
  switch (kind) {
    case 'message':
      return { type: 'message', id, template: { default_language: 'en', variants: {} } }
    case 'branch':
      return { type: 'branch', id, ways: [{ id: 'a', when: 'vip' }] }
    case 'split':
      return {
        type: 'split',
        id,
        parts: [
          { id: 'a', percent: 50 },
          { id: 'b', percent: 50 },
        ],
      }
    case 'wait_for':
      return { type: 'wait_for', id, events: { event: 'Order Completed' }, timeout: { days: 1 } }
    case 'set_trait':
      return { type: 'set_trait', id, traits: { seen: true } }
    case 'end':
      return { type: 'end', id }
    default:
      return { type: 'wait', id, duration: { days: 1 } }
  }
}

/** Mulberry32. */
export function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
