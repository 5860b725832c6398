import { expect, test } from 'vitest'
import { dayOf, instantOf, timeOf } from './zone'

test('a day begins at midnight of the shop, in summer and in winter', () => {
  expect(instantOf('2026-03-01', 'Asia/Tokyo')).toBe('2026-03-01T00:00:00+09:00')
  expect(instantOf('2026-01-15', 'Europe/London')).toBe('2026-01-15T00:00:00+00:00')
  expect(instantOf('2026-07-15', 'Europe/London')).toBe('2026-07-15T00:00:00+01:00')
  expect(instantOf('2026-03-30', 'America/New_York')).toBe('2026-03-30T00:00:00-04:00')
  expect(dayOf('2026-02-28T15:00:00Z', 'Asia/Tokyo')).toBe('2026-03-01')
})

test.each([
  ['2026-03-01', '09:30', 'Asia/Tokyo', '2026-03-01T09:30:00+09:00'],
  ['2026-07-01', '23:59:59', 'Europe/London', '2026-07-01T23:59:59+01:00'],
])('%s at %s in %s is %s, and read again', (day, time, zone, instant) => {
  expect(instantOf(day, zone, time)).toBe(instant)
  expect(dayOf(instant, zone)).toBe(day)
  expect(timeOf(instant, zone)).toBe(time)
})
