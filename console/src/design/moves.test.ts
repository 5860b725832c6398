import { expect, test } from 'vitest'
import { moved, movesOf } from './moves'

test('things change places with their neighbours, and stay at the ends', () => {
  const things = ['one', 'two', 'three']
  expect(moved(things, 0, 1)).toEqual(['two', 'one', 'three'])
  expect(moved(things, 0, -1)).toBe(things)
  expect(moved(things, 2, 1)).toBe(things)
})

test('only what can be done is offered', () => {
  const offered = (index: number, fewest: number) =>
    Object.entries(movesOf(['one', 'two'], index, () => {}, { fewest }))
      .filter(([, act]) => act)
      .map(([name]) => name)
  expect(offered(0, 1)).toEqual(['onDown', 'onRemove'])
  expect(offered(1, 2)).toEqual(['onUp'])
})

test('what is removed is what stands at that place', () => {
  let left = ['same', 'other', 'same']
  movesOf(left, 2, (things) => (left = things), { fewest: 1 }).onRemove?.()
  expect(left).toEqual(['same', 'other'])
})
