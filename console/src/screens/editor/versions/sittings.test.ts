import { expect, test } from 'vitest'
import { sittings } from './sittings'

test('of what was written in one go only the end is shown, and always the first and the last', () => {
  const at = (version: number, minute: number) => ({
    version,
    created_at: new Date(Date.UTC(2026, 0, 1, 9, minute)).toISOString(),
  })
  const all = [at(6, 50), at(5, 49), at(4, 21), at(3, 20), at(2, 2), at(1, 0)]
  expect(sittings(all).map((one) => one.version)).toEqual([6, 4, 2, 1])
})
