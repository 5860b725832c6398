import { describe, expect, test } from 'vitest'
import type { JourneyDefinition } from './definition'
import {
  copySteps,
  insertStep,
  leadTo,
  moveStep,
  pasteSteps,
  removeBelow,
  removeSteps,
} from './edit'
import { generator, sampleJourney, sampleStep } from './sample'
import { atStart, edgesTo, reached, stepOf, stepsOf, targetOf, waysOut } from './ways'

const seeds = Array.from({ length: 8 }, (_, index) => index + 1)
const chain = (...ids: string[]): JourneyDefinition => ({
  name: 'chain',
  trigger: { type: 'api' },
  start: ids[0] ?? null,
  steps: ids.map((id, index) => ({
    type: 'wait',
    id,
    duration: { days: 1 },
    next: ids[index + 1] ?? null,
  })),
})

/** What the server asks of every journey: ids once, every step reached, no way back, none lost. */
function expectSound(journey: JourneyDefinition): void {
  const ids = stepsOf(journey).map((one) => one.id)
  expect(new Set(ids).size).toBe(ids.length)
  expect([...reached(journey)].sort()).toEqual([...ids].sort())
  for (const step of stepsOf(journey)) {
    for (const { to } of waysOut(step)) {
      if (to === null) continue
      expect(ids).toContain(to)
      expect(reached(journey, to)).not.toContain(step.id)
    }
  }
}

const pick = <T>(from: readonly T[], draw: () => number) =>
  from[Math.floor(draw() * from.length)] as T

describe('a step put on a way', () => {
  test('leads on to what came next, by all of its ways', () => {
    const made = insertStep(chain('a', 'b'), { from: 'a', way: 'next' }, sampleStep('branch', 'x'))
    expect(targetOf(made, { from: 'a', way: 'next' })).toBe('x')
    expect(edgesTo(made, 'b')).toEqual([
      { from: 'x', way: 'a' },
      { from: 'x', way: 'otherwise' },
    ])
  })

  test('becomes the first of an empty journey', () => {
    expect(reached(insertStep(chain(), atStart, sampleStep('wait', 'a')))).toEqual(['a'])
  })
})

test('what is taken out leaves no gap', () => {
  expect(reached(removeSteps(chain('a', 'b', 'c'), ['b']))).toEqual(['a', 'c'])
  expect(reached(removeSteps(chain('a', 'b', 'c'), ['a', 'c']))).toEqual(['b'])
})

test('a branch goes with all that only it leads to', () => {
  const made = insertStep(chain('a', 'b'), { from: 'a', way: 'next' }, sampleStep('branch', 'x'))
  const own = insertStep(made, { from: 'x', way: 'a' }, sampleStep('message', 'letter'))
  expect(reached(removeBelow(own, 'letter'))).toEqual(['a', 'x', 'b'])
  expect(reached(removeBelow(own, 'x'))).toEqual(['a'])
})

test('no way is led back', () => {
  const journey = chain('a', 'b', 'c')
  expect(leadTo(journey, { from: 'c', way: 'next' }, 'a')).toBeUndefined()
  expect(leadTo(journey, { from: 'c', way: 'next' }, 'c')).toBeUndefined()
  expect(reached(leadTo(journey, { from: 'a', way: 'next' }, 'c') ?? journey)).toEqual(['a', 'c'])
})

test('a step changes places with its neighbour, and back', () => {
  const journey = chain('a', 'b', 'c')
  const up = moveStep(journey, 'b', -1)
  expect(reached(up ?? journey)).toEqual(['b', 'a', 'c'])
  expect(moveStep(up ?? journey, 'b', 1)).toEqual(journey)
  expect(moveStep(journey, 'a', -1)).toBeUndefined()
  expect(moveStep(journey, 'c', 1)).toBeUndefined()
})

test('copies have ids of their own, keep the ways among them and follow each other', () => {
  const journey = chain('a', 'b', 'c', 'd')
  let n = 0
  const made = pasteSteps(
    journey,
    { from: 'd', way: 'next' },
    copySteps(journey, ['d', 'a', 'b']),
    () => `new${++n}`,
  )
  expect(made.ids).toEqual(['new1', 'new2', 'new3'])
  expect(reached(made.journey)).toEqual(['a', 'b', 'c', 'd', 'new1', 'new2', 'new3'])
})

describe.each(seeds)('whatever is done to journey %i', (seed) => {
  const draw = generator(seed * 7919)
  const journey = sampleJourney(40, seed)

  test('it stays one that can run', () => {
    let now = journey
    for (let n = 0; n < 30; n++) {
      const step = pick(stepsOf(now), draw)
      if (!step) break
      const ways = waysOut(step)
      const way = ways.length > 0 ? pick(ways, draw).way : undefined
      const ids = [step.id, pick(stepsOf(now), draw).id]
      const acts: (() => JourneyDefinition | undefined)[] = [
        () => removeSteps(now, ids),
        () => moveStep(now, step.id, draw() < 0.5 ? -1 : 1),
        () => way && leadTo(now, { from: step.id, way }, pick(stepsOf(now), draw).id),
        () => way && pasteSteps(now, { from: step.id, way }, copySteps(now, ids)).journey,
      ].map((act) => () => act() || undefined)
      now = pick(acts, draw)() ?? now
      expectSound(now)
    }
  })

  test('what is put in and taken out again leaves it as it was', () => {
    for (const step of stepsOf(journey)) {
      for (const { way } of waysOut(step)) {
        const put = insertStep(journey, { from: step.id, way }, sampleStep('wait', 'fresh'))
        expect(removeSteps(put, ['fresh'])).toEqual(journey)
      }
    }
  })

  test('a move keeps every step', () => {
    for (const step of stepsOf(journey)) {
      const moved = moveStep(journey, step.id, -1)
      if (!moved) continue
      expectSound(moved)
      expect(stepsOf(moved).length).toBe(stepsOf(journey).length)
      expect(stepOf(moved, step.id)?.type).toBe(step.type)
    }
  })
})
