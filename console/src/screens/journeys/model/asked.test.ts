import { expect, test } from 'vitest'
import { asksTrigger, eventOf, filtersOf, sayMatches } from './asked'

const leaf = { type: 'trigger', where: [{ on: 'property', path: ['total'] }] }

test('a condition asks what let in wherever the leaf stands', () => {
  expect(asksTrigger(leaf)).toBe(true)
  expect(asksTrigger({ type: 'not', of: { type: 'any', of: [{ type: 'everyone' }, leaf] } })).toBe(
    true,
  )
  expect(asksTrigger({ type: 'all', of: [{ type: 'everyone' }] })).toBe(false)
  expect(asksTrigger('builtin:all')).toBe(false)
  expect(asksTrigger(undefined)).toBe(false)
})

test('only a leaf by itself is edited as filters', () => {
  expect(filtersOf(leaf)).toBe(leaf.where)
  expect(filtersOf({ type: 'all', of: [leaf] })).toBeUndefined()
  expect(filtersOf('builtin:all')).toBeUndefined()
})

test('what must be the same is said', () => {
  expect(
    sayMatches([
      { trigger: ['product_id'], item: 'product_id' },
      { trigger: ['order', 'id'], path: ['order_id'] },
    ]),
  ).toBe('product_id = product_id、order_id = order.id')
  expect(eventOf({ type: 'event', events: { event: 'Cart Left' } })).toBe('Cart Left')
  expect(eventOf({ type: 'api' })).toBe('')
})
