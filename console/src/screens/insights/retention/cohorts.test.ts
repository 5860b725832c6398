import { expect, test } from 'vitest'
import type { Retention } from '@/api/generated'
import { lastKnown, monthAfter, shareAfter } from './cohorts'

const month = (after: number, n: number) => ({ after, n_people: n, value_minor: 0 })
const told: Retention = {
  as_of: '2026-03-10T00:00:00Z',
  cohorts: [
    { month: '2025-12-01', n_people: 900, months: [0, 1, 2, 3].map((one) => month(one, 900)) },
    { month: '2026-01-01', n_people: 100, months: [month(0, 100), month(1, 30), month(2, 9)] },
    { month: '2026-02-01', n_people: 300, months: [month(0, 300), month(1, 1)] },
    { month: '2026-03-01', n_people: 5, months: [month(0, 5)] },
  ],
}

test('neither a month that is not over yet nor the first of all data changes a share', () => {
  expect(shareAfter(told, 1)).toBe(0.3)
  expect(shareAfter(told, 2)).toBeNull()
  expect(lastKnown(told)).toBe(0)
})

test('months are counted over the turn of the year', () => {
  expect(monthAfter('2026-12-01', 1)).toBe('2027-01-01')
  expect(monthAfter('2026-01-01', 0)).toBe('2026-01-01')
})
