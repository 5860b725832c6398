import { expect, test } from 'vitest'
import { sayWeekly } from './weekly'

test('a schedule of once a week is said in words, any other as it is written', () => {
  expect(sayWeekly('0 17 * * FRI', 'en')).toBe('Friday 17:00')
  expect(sayWeekly('5 9 * * sun', 'ja')).toBe('日曜日 9:05')
  expect(sayWeekly('0 10 1 * *', 'en')).toBe('0 10 1 * *')
})
