import { expect, test } from 'vitest'
import type { PersonaSet } from '@/api/generated'
import { draftOf, faultOf, writeRules } from './rules'

const persona = { list_id: '', size: 1, share: 0.5, jaccard: null, distinctions: [] }
const defined: PersonaSet = {
  source: 'defined',
  version: 1,
  made_at: '2026-01-01T00:00:00Z',
  as_of: '2026-01-01T00:00:00Z',
  n_people: 2,
  n_hidden: 0,
  rand: null,
  nothing: null,
  personas: [
    { ...persona, id: '1', name_ja: 'VIP', name_en: 'VIP', segment_id: 'builtin:vip' },
    { ...persona, id: 'default', name_ja: 'Others', name_en: 'Others', segment_id: null },
  ],
}

test('rules that were used are written again as they were', () => {
  expect(writeRules(draftOf(defined, 'else'))).toEqual({
    rules: [{ name: 'VIP', segment_id: 'builtin:vip' }],
    default_name: 'Others',
  })
})

test('a first draft has one empty rule and a name for everybody else', () => {
  const draft = draftOf(null, 'Everybody else')
  expect(draft.rules).toHaveLength(1)
  expect(faultOf(draft)).toBe('unnamed')
})

test('names are needed once each, and a segment for every rule', () => {
  const rule = { key: 1, name: 'VIP', segment: 'builtin:vip' }
  expect(faultOf({ rules: [rule], otherwise: ' VIP ' })).toBe('twice')
  expect(faultOf({ rules: [{ ...rule, segment: '' }], otherwise: 'x' })).toBe('unchosen')
  expect(faultOf({ rules: [rule], otherwise: ' ' })).toBe('unnamed')
  expect(faultOf({ rules: [rule], otherwise: 'x' })).toBeUndefined()
})
