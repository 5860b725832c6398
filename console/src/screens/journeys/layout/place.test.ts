import { describe, expect, test } from 'vitest'
import type { JourneyDefinition } from '../model/definition'
import { insertStep } from '../model/edit'
import { sampleJourney, sampleStep } from '../model/sample'
import { atStart, stepsOf, waysOut } from '../model/ways'
import { gap, type Layout, type Placed, placeJourney } from './place'

const seeds = Array.from({ length: 10 }, (_, index) => index + 1)

function overlaps(layout: Layout): [string, string][] {
  const boxes = layout.items
  return boxes.flatMap((one, index) =>
    boxes.slice(index + 1).flatMap((other): [string, string][] => {
      const isBeside = Math.abs(one.x - other.x) >= (one.width + other.width) / 2
      const isAbove = one.y + one.height <= other.y || other.y + other.height <= one.y
      return isBeside || isAbove ? [] : [[one.item.id, other.item.id]]
    }),
  )
}

const at = (layout: Layout, id: string) => layout.items.find(({ item }) => item.id === id) as Placed

test('an empty journey is its trigger and a place to begin', () => {
  const layout = placeJourney({ name: 'new', trigger: { type: 'api' } })
  expect(layout.items.map(({ item }) => item.kind)).toEqual(['trigger', 'end'])
  expect(layout.lines.map(({ edge }) => edge)).toEqual([atStart])
})

test('where ways come together again, the step is drawn once, in the middle below them', () => {
  let journey: JourneyDefinition = { name: 'j', trigger: { type: 'api' } }
  journey = insertStep(journey, atStart, sampleStep('wait', 'after'))
  journey = insertStep(journey, atStart, sampleStep('branch', 'fork'))
  journey = insertStep(journey, { from: 'fork', way: 'a' }, sampleStep('message', 'letter'))
  const layout = placeJourney(journey)
  expect(layout.items.filter(({ item }) => item.id === 'after')).toHaveLength(1)
  expect(at(layout, 'after').x).toBe(at(layout, 'fork').x)
  expect(at(layout, 'after').y).toBeGreaterThan(at(layout, 'letter').y)
  expect(at(layout, 'letter').x).toBeLessThan(at(layout, 'fork').x)
})

describe.each(seeds)('journey %i', (seed) => {
  const journey = sampleJourney(60, seed)
  const layout = placeJourney(journey)

  test('shows every step once and every way with a place to add', () => {
    const shown = layout.items.filter(({ item }) => item.kind === 'step').map((one) => one.item.id)
    expect(shown.sort()).toEqual(
      stepsOf(journey)
        .map((one) => one.id)
        .sort(),
    )
    const ways = stepsOf(journey).reduce((sum, one) => sum + waysOut(one).length, 1)
    expect(layout.lines).toHaveLength(ways)
    expect(new Set(layout.lines.map((one) => one.key)).size).toBe(ways)
    expect(new Set(layout.lines.map((one) => `${one.x} ${one.y}`)).size).toBe(ways)
  })

  test('nothing stands on anything else, and every way leads down', () => {
    expect(overlaps(layout)).toEqual([])
    for (const { edge, to } of layout.lines) {
      const [from, target] = [at(layout, edge.from), at(layout, to)]
      expect(target.y - from.y - from.height).toBeGreaterThanOrEqual(gap.y)
    }
    for (const { x, y, width, height } of layout.items) {
      expect(x - width / 2).toBeGreaterThanOrEqual(0)
      expect(x + width / 2).toBeLessThanOrEqual(layout.width)
      expect(y + height).toBeLessThanOrEqual(layout.height)
    }
  })
})

test('the deepest journey there may be is placed', () => {
  let journey: JourneyDefinition = { name: 'deep', trigger: { type: 'api' } }
  for (let n = 0; n < 500; n++) journey = insertStep(journey, atStart, sampleStep('wait', `s${n}`))
  expect(placeJourney(journey).items).toHaveLength(502)
})
