import { expect, test } from 'vitest'
import { readPath, writePath } from './path'

test.each([
  [['a'], 'a'],
  [['a', 'b'], 'a.b'],
  [['a.b', 'c\\'], 'a\\.b.c\\\\'],
  [['数量'], '数量'],
  [[], ''],
])('%j is written %s, and read again', (path, text) => {
  expect(writePath(path)).toBe(text)
  expect(readPath(text)).toEqual(path)
})

test('what is half typed is a path already', () => {
  expect(readPath('a.')).toEqual(['a'])
})
