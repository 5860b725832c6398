import { expect, test } from 'vitest'
import type { JourneyDefinition } from '../model/definition'
import { insertStep } from '../model/edit'
import { sampleJourney, sampleStep } from '../model/sample'
import { atStart } from '../model/ways'
import { placeJourney } from './place'
import { type Direction, walk, walkList } from './walk'

let journey: JourneyDefinition = { name: 'j', trigger: { type: 'api' } }
journey = insertStep(journey, atStart, sampleStep('wait', 'after'))
journey = insertStep(journey, atStart, sampleStep('branch', 'fork'))
journey = insertStep(journey, { from: 'fork', way: 'a' }, sampleStep('message', 'letter'))
journey = insertStep(journey, { from: 'fork', way: 'otherwise' }, sampleStep('wait', 'pause'))
const layout = placeJourney(journey)

test('arrows go along the ways and across to the next one', () => {
  const go = (from: string, ...directions: Direction[]) =>
    directions.reduce((at, one) => walk(layout, at, one) ?? at, from)
  expect(go('', 'down', 'down')).toBe('letter')
  expect(go('letter', 'right')).toBe('pause')
  expect(go('pause', 'left')).toBe('letter')
  expect(go('letter', 'down', 'up', 'up')).toBe('fork')
  expect(go('after', 'first')).toBe('')
})

test('in the list they go line by line', () => {
  const lines = layout.items.map(({ item }) => item.id)
  expect(lines).toEqual(['', 'fork', 'letter', 'pause', 'after', 'end:after.next'])
  expect(walkList(layout, 'letter', 'down')).toBe('pause')
  expect(walkList(layout, 'letter', 'left')).toBe('fork')
})

test('the list names each way before what is on it, and indents it', () => {
  const said = layout.rows.map(({ level, item, edge }) => [level, item?.id ?? edge?.way])
  expect(said).toEqual([
    [1, ''],
    [1, 'fork'],
    [2, 'a'],
    [2, 'letter'],
    [2, 'otherwise'],
    [2, 'pause'],
    [1, 'after'],
    [1, 'end:after.next'],
  ])
})

test.each([1, 2, 3])('every item of journey %i can be reached by arrows', (seed) => {
  const large = placeJourney(sampleJourney(40, seed))
  const seen = new Set<string>([''])
  const waiting = ['']
  while (waiting.length > 0) {
    const at = waiting.pop() ?? ''
    for (const direction of ['up', 'down', 'left', 'right'] as const) {
      const to = walk(large, at, direction)
      if (to === undefined || seen.has(to)) continue
      seen.add(to)
      waiting.push(to)
    }
  }
  expect(seen.size).toBe(large.items.length)
})
