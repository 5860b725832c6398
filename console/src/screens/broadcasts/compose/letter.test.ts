import { expect, test } from 'vitest'
import { fromMjml, toMjml } from './letter'

const letter = {
  text: '{{ customer | honorific }}\n\nAutumn & "tea" <3\nfor {% if customer.order_count > 1 %}you{% endif %}',
  buttonLabel: 'Look & see',
  buttonUrl: 'https://shop.example/?a=1&b=2',
}

test.each(['ja', 'en'] as const)('a letter in %s is read back as it was written', (language) => {
  expect(fromMjml(toMjml(letter, language), language)).toEqual(letter)
})

test('markup in a letter is text, Liquid stays Liquid', () => {
  const mjml = toMjml(letter, 'en')
  expect(mjml).toContain('Autumn &amp; &quot;tea&quot; &lt;3<br />for')
  expect(mjml).toContain('{% if customer.order_count > 1 %}')
  expect(mjml).toContain('href="https://shop.example/?a=1&amp;b=2"')
})

test('every letter has its ways out', () => {
  const mjml = toMjml({ text: '', buttonLabel: '', buttonUrl: '' }, 'ja')
  expect(mjml).toContain('{{ unsubscribe_url }}')
  expect(mjml).toContain('{{ preferences_url }}')
})

test('what was written by hand is no letter', () => {
  expect(fromMjml('<mjml><mj-body></mj-body></mjml>', 'en')).toBeUndefined()
})
