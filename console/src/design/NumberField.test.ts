import { expect, test } from 'vitest'
import { readNumber } from './NumberField'

test.each([
  ['12', 12],
  ['1,200.5', 1200.5],
  ['１２，０００', 12000],
  ['−3', -3],
  ['.5', 0.5],
  ['7.', 7],
])('%s is read', (text, number) => {
  expect(readNumber(text)).toBe(number)
})

test.each(['', '-', 'abc', '1e5', '1.2.3', '0x10'])('"%s" is no number', (text) => {
  expect(readNumber(text)).toBeNaN()
})
