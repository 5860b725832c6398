import { expect, test } from 'vitest'
import type { Document } from '@/api/generated'
import {
  findBlock,
  insert,
  listOf,
  move,
  placeOf,
  remove,
  stepFrom,
  walk,
  withNewIds,
} from './model'

const line = (id: string) => ({ kind: 'divider' as const, id })
const document: Document = {
  blocks: [
    line('a'),
    {
      kind: 'columns',
      id: 'row',
      columns: [
        { id: 'l', blocks: [line('b')] },
        { id: 'r', blocks: [] },
      ],
    },
    line('c'),
    { kind: 'footer', id: 'foot' },
  ],
}
const order = (one: Document) => walk(one).map((block) => block.id)

test('a block goes through every place by single steps, and comes back the same way', () => {
  let now = document
  const seen: string[] = []
  for (let step = stepFrom(now, 'a', 1); step; step = stepFrom(now, 'a', 1)) {
    now = move(now, 'a', step)
    const place = placeOf(now, 'a')
    seen.push(`${place?.list}:${place?.index}`)
  }
  expect(seen).toEqual(['row/l:0', 'row/l:1', 'row/r:0', ':1', ':2', ':3'])
  for (let step = stepFrom(now, 'a', -1); step; step = stepFrom(now, 'a', -1)) {
    now = move(now, 'a', step)
  }
  expect(now).toEqual(document)
})

test('what no column can hold steps over the row, and is not dropped into it', () => {
  const up = stepFrom(document, 'foot', -1)
  const once = move(document, 'foot', up ?? { list: '', index: 0 })
  expect(order(once)).toEqual(['a', 'row', 'b', 'foot', 'c'])
  const step = stepFrom(once, 'foot', -1)
  expect(step).toEqual({ list: '', index: 1 })
  expect(move(document, 'foot', { list: 'row/r', index: 0 })).toBe(document)
})

test('places are counted as they were before the move', () => {
  expect(order(move(document, 'a', { list: '', index: 3 }))).toEqual(['row', 'b', 'c', 'a', 'foot'])
  expect(order(move(document, 'c', { list: 'row/l', index: 0 }))).toEqual([
    'a',
    'row',
    'c',
    'b',
    'foot',
  ])
})

test('blocks come and go in columns too', () => {
  const more = insert(document, { list: 'row/r', index: 0 }, [line('new')])
  expect(listOf(more, 'row/r')).toEqual([line('new')])
  expect(remove(more, ['new', 'c'])).toEqual(remove(document, ['c']))
})

test('a copy shares no id with what it was made from', () => {
  const row = findBlock(document, 'row')
  const copy = { blocks: row ? [withNewIds(row)] : [] }
  expect(order(copy)).toHaveLength(2)
  expect(order(copy).filter((id) => order(document).includes(id))).toEqual([])
})
