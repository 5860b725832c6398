import { expect, test } from 'vitest'
import type { RepeatCurve } from '@/api/generated'
import { findReturn, pointAt } from './curve'

const point = (day: number, share: number) => ({ day, share, low: 0, high: 1, n_at_risk: 50 })
const curve: RepeatCurve = {
  purchase: 1,
  n_people: 100,
  n_again: 40,
  half_days: 12,
  last_day: 200,
  points: [point(10, 0.1), point(12, 0.25), point(80, 0.4), point(150, 0.5)],
}

test('a curve holds until the next point, and says nothing beyond its last day', () => {
  expect(pointAt(curve, 5)?.share).toBe(0)
  expect(pointAt(curve, 79)?.share).toBe(0.25)
  expect(pointAt(curve, 201)).toBeNull()
})

test('the finding is of 90 days, or of what is known', () => {
  expect(findReturn(curve)).toEqual({ day: 90, share: 0.4, halfDay: 12 })
  expect(findReturn({ ...curve, last_day: 11 })).toEqual({ day: 11, share: 0.1, halfDay: 10 })
  expect(findReturn({ ...curve, points: [] })).toBeNull()
  expect(findReturn(undefined)).toBeNull()
})
