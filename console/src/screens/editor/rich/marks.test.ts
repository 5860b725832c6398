import { expect, test } from 'vitest'
import {
  hasMark,
  joined,
  linkRange,
  replaceRange,
  setLink,
  split,
  toggleList,
  toggleMark,
} from './marks'

const two = [{ spans: [{ text: '今年の新茶' }] }, { spans: [{ text: 'やぶきた' }] }]
const at = (paragraph: number, offset: number) => ({ paragraph, offset })
const across = { start: at(0, 3), end: at(1, 2) }

test('a mark is put on across paragraphs, and taken off again without a trace', () => {
  const bold = toggleMark(two, across, 'bold')
  expect(bold).toEqual([
    { spans: [{ text: '今年の' }, { text: '新茶', bold: true }] },
    { spans: [{ text: 'やぶ', bold: true }, { text: 'きた' }] },
  ])
  expect(hasMark(bold, across, 'bold')).toBe(true)
  expect(toggleMark(bold, across, 'bold')).toEqual(two)
})

test('a half marked range is marked whole', () => {
  const half = toggleMark(two, { start: at(0, 3), end: at(0, 4) }, 'bold')
  expect(toggleMark(half, across, 'bold')).toEqual(toggleMark(two, across, 'bold'))
})

test('a caret in a link means all of it', () => {
  const linked = setLink(two, { start: at(0, 3), end: at(0, 5) }, 'https://shop.example/')
  const caret = { start: at(0, 4), end: at(0, 4) }
  expect(linkRange(linked, caret)).toEqual({ start: at(0, 3), end: at(0, 5) })
  expect(setLink(linked, linkRange(linked, caret), '')).toEqual(two)
})

test('Enter splits, keeps the dress, and ends a list at an empty point', () => {
  const marked = toggleMark(two, { start: at(0, 0), end: at(0, 5) }, 'bold')
  const [halves, caret] = split(marked, { start: at(0, 3), end: at(0, 3) })
  expect(caret).toEqual(at(1, 0))
  expect(halves.slice(0, 2)).toEqual([
    { spans: [{ text: '今年の', bold: true }] },
    { spans: [{ text: '新茶', bold: true }] },
  ])
  const points = toggleList([{ spans: [] }], { start: at(0, 0), end: at(0, 0) }, 'bullet')
  expect(points).toEqual([{ spans: [], kind: 'bullet' }])
  expect(split(points, { start: at(0, 0), end: at(0, 0) })[0]).toEqual([{ spans: [] }])
})

test('pasted text is plain; empty lines make paragraphs', () => {
  const [pasted, caret] = replaceRange(two, across, 'A\nB\n\nC')
  expect(pasted).toEqual([{ spans: [{ text: '今年のA\nB' }] }, { spans: [{ text: 'Cきた' }] }])
  expect(caret).toEqual(at(1, 1))
})

test('runs in the same dress are one', () => {
  expect(joined([{ text: 'a' }, { text: '' }, { text: 'b', bold: false }])).toEqual([
    { text: 'ab' },
  ])
})
