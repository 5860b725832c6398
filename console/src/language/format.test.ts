import { expect, test } from 'vitest'
import { createFormat } from './format'

const english = createFormat('en', 'Europe/London')
const japanese = createFormat('ja', 'Asia/Tokyo')

test('money keeps to the currency’s own minor units', () => {
  expect(english.money(123_456, 'GBP')).toBe('£1,234.56')
  expect(japanese.money(123_456, 'JPY')).toBe('￥123,456')
  expect(english.money(1_234, 'BHD')).toMatch(/1\.234$/)
})

test('at a glance money is whole, and a change has its sign', () => {
  expect(english.wholeMoney(123_456, 'GBP')).toBe('£1,235')
  expect(japanese.wholeMoney(123_456, 'JPY')).toBe('￥123,456')
  expect(english.change(0.123)).toBe('+12%')
  expect(english.change(-0.5)).toBe('-50%')
  expect(english.change(0.001)).toBe('0%')
})

test('instants are those of the shop, wherever the reader is', () => {
  const newYear = '2026-12-31T15:30:00Z'
  expect(japanese.day(newYear)).toBe('2027/01/01')
  expect(english.day(newYear)).toBe('31 Dec 2026')
})

test('a day on a calendar is the same day in every zone', () => {
  const format = createFormat('en', 'America/Los_Angeles')
  expect(format.calendarDay('2001-02-03')).toBe('3 Feb 2001')
})

test('how long ago is said in the largest unit that fits', () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  expect(english.ago('2026-11-22T09:00:00Z', now)).toBe('3 hours ago')
  expect(english.ago('2026-11-21T12:00:00Z', now)).toBe('yesterday')
  expect(japanese.ago('2026-11-22T11:58:00Z', now)).toBe('2分前')
})

test('a place is written with its country as the reader writes it', () => {
  expect(english.place({ region: 'Scotland', country: 'GB' })).toBe('Scotland, United Kingdom')
  expect(japanese.place({ region: '京都府', country: 'JP' })).toBe('京都府（日本）')
  expect(japanese.place({ region: '', country: 'nowhere' })).toBe('nowhere')
  expect(english.place({ region: '', country: '' })).toBe('')
})
