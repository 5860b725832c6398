import { expect, test } from 'vitest'
import { writeCsv } from './csv'

test('cells are quoted where they must be, and no formula is let through', () => {
  const file = writeCsv(
    ['a', 'b"c'],
    [
      ['x, y', -3],
      ['=1+1', '-2'],
      ['茶\n碗', 0.5],
    ],
  )
  expect(file).toBe('\uFEFFa,"b""c"\r\n"x, y",-3\r\n\'=1+1,\'-2\r\n"茶\n碗",0.5\r\n')
})
