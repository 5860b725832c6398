import { expect, test } from 'vitest'
import { advance, begin } from './history'

const add = (n: number, tag = '', at = 0) =>
  ({ kind: 'change', next: (now: number) => now + n, tag, at }) as const

test('every change is undone and redone in turn; a new one ends what could be redone', () => {
  const three = [add(1), add(2)].reduce(advance<number>, begin(0))
  const one = advance(three, { kind: 'undo' })
  expect(one.present).toBe(1)
  expect(advance(one, { kind: 'redo' })).toMatchObject({ present: 3, past: [0, 1] })
  const other = advance(one, add(10))
  expect(advance(other, { kind: 'redo' })).toBe(other)
})

test('typing in one go is one step, a pause or another field begins the next', () => {
  const typed = [add(1, 'a', 0), add(1, 'a', 500), add(1, 'b', 600), add(1, 'b', 5_000)]
  expect(typed.reduce(advance<number>, begin(0)).past).toEqual([0, 2, 3])
})

test('a change that changes nothing is none', () => {
  const history = begin(5)
  expect(advance(history, add(0))).toBe(history)
})
