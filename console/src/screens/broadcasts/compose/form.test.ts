import { expect, test } from 'vitest'
import { definitionOf, formOf, newForm, problemOf } from './form'

const letter = {
  subject: '秋です',
  preheader: '',
  text: 'こんにちは',
  buttonLabel: '',
  buttonUrl: '',
  mjml: undefined,
}
const form = {
  ...newForm('ja', { from_address: 'shop@example.com', from_name: '店' }),
  name: 'Autumn',
  segment: 'builtin:everyone',
}
const written = { ...form, variants: { ...form.variants, ja: letter } }

test('a draft is edited as it was written', () => {
  expect(formOf(definitionOf(written))).toEqual(written)
})

test('what the form does not show stays as it was', () => {
  const before = { ...definitionOf(written), topic: 'news', resends_unknown: false }
  const after = definitionOf({ ...formOf(before), name: 'Winter' }, before)
  expect(after).toEqual({ ...before, name: 'Winter' })
})

test('only a whole letter can be saved', () => {
  expect(problemOf(form)).toEqual({ key: 'missing' })
  expect(problemOf(written)).toBeUndefined()
  const half = { ...written.variants, en: { ...letter, text: '' } }
  expect(problemOf({ ...written, variants: half })).toEqual({ key: 'half', language: 'en' })
})
