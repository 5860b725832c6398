import { expect, test } from 'vitest'
import { dayOf, instantOf } from './zone'

test('a day begins at midnight of the shop, in summer and in winter', () => {
  expect(instantOf('2026-03-01', 'Asia/Tokyo')).toBe('2026-03-01T00:00:00+09:00')
  expect(instantOf('2026-01-15', 'Europe/London')).toBe('2026-01-15T00:00:00+00:00')
  expect(instantOf('2026-07-15', 'Europe/London')).toBe('2026-07-15T00:00:00+01:00')
  expect(instantOf('2026-03-30', 'America/New_York')).toBe('2026-03-30T00:00:00-04:00')
  expect(dayOf('2026-02-28T15:00:00Z', 'Asia/Tokyo')).toBe('2026-03-01')
})
