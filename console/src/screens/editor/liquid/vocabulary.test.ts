import { expect, test } from 'vitest'
import { offerFor } from './vocabulary'

const known = [{ value: 'customer.first_name', count: 8 }, { value: 'shop.name' }]
const values = (before: string) => offerFor(before, known)?.words.map((one) => one.value)

test('facts are offered inside the brackets, filters behind a bar, nothing elsewhere', () => {
  expect(values('Hello {{ ')).toEqual(['customer.first_name', 'shop.name'])
  expect(values('Hello {{cust')).toEqual(['customer.first_name'])
  expect(values('{{ customer.total_spent | mon')).toEqual(['money'])
  expect(values('{% rec')?.[0]).toBe("recommend 'for_you', limit: 1")
  expect(values('Hello customer')).toBeUndefined()
  expect(values('{{ shop.name }} customer')).toBeUndefined()
  expect(values('{{ shop.name')).toBeUndefined()
})
