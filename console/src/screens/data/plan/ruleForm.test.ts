import { expect, test } from 'vitest'
import type { PlanRule } from '@/api/generated'
import { emptyProperty, readRule, writeRule } from './ruleForm'

const rule: PlanRule = {
  mode: 'block',
  unknown_properties: 'flag',
  description: 'An order is paid.',
  property_modes: { total: 'flag' },
  schema: {
    type: 'object',
    $defs: { sku: { type: 'string' } },
    properties: {
      order_id: { type: 'string', minLength: 1 },
      total: { type: ['number', 'null'] },
      products: { type: 'array', items: { type: 'object', properties: { a: {} } } },
      anything: {},
    },
    required: ['order_id'],
  },
}

test('a rule that goes through the form comes out as it went in', () => {
  expect(writeRule(readRule(rule))).toEqual(rule)
})

test('what the form cannot say is kept while other parts change', () => {
  const draft = readRule(rule)
  draft.properties = draft.properties.map((one) =>
    one.name === 'order_id' ? { ...one, name: 'id', isRequired: false } : one,
  )
  const written = writeRule(draft)
  expect(written.schema?.properties).toMatchObject({ id: { type: 'string', minLength: 1 } })
  expect(written.schema).not.toHaveProperty('required')
  expect(written.schema?.$defs).toEqual({ sku: { type: 'string' } })
})

test('a property without a name is no property', () => {
  const draft = readRule({})
  draft.properties.push(emptyProperty(draft.properties))
  expect(writeRule(draft).schema).toEqual({ properties: {} })
})
