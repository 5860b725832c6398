import { describe, expect, it } from 'vitest'
import type { EverybodyAnswer } from '@/api/generated'
import { add, nobody } from './sum'

function part(
  next: number | null,
  missing: number,
  stopped: number[],
  failed: number,
): EverybodyAnswer {
  const reason = { en: '', ja: '' }
  return {
    audience: 900,
    done: next === null ? 900 : 450,
    next,
    report: {
      problems: [],
      people: 450,
      largest_bytes: 0,
      failed,
      missing: missing ? [{ path: 'customer.city', missing, of: 450 }] : [],
      objections: stopped.map((count, index) => ({
        rule: `R0${index}`,
        people: count,
        stopped: count,
        about: '',
        reason,
        mend: reason,
      })),
    },
  }
}

describe('the sum over the audience', () => {
  it('adds up parts, and says where it is', () => {
    const first = add(nobody, part(7001, 40, [3, 5], 1))
    expect(first).toMatchObject({ done: 450, audience: 900, next: 7001, failed: 1, stopped: 5 })
    const both = add(first, part(null, 2, [], 0))
    expect(both).toMatchObject({ done: 900, failed: 1, stopped: 5 })
    expect(both.next).toBeUndefined()
    expect(both.missing).toEqual([{ path: 'customer.city', missing: 42, of: 900 }])
  })
})
