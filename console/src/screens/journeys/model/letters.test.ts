import { expect, test } from 'vitest'
import { compareTemplates } from './letters'
import { compareLines } from './lines'

const block = (id: string, text: string) => ({ id, type: 'text', text })
const template = (subject: string, ...blocks: unknown[]) => ({
  default_language: 'en',
  variants: { en: { subject, preheader: '', blocks: { blocks, theme: { width: 600 } } } },
})

test('the fewest lines are gone and new', () => {
  const marks = (before: string, after: string) =>
    compareLines([...before], [...after]).map(({ mark, text }) => `${mark[0]}${text}`)
  expect(marks('abcd', 'abxd')).toEqual(['sa', 'sb', 'gc', 'nx', 'sd'])
  expect(marks('', 'ab')).toEqual(['na', 'nb'])
  expect(marks('abc', 'bca')).toEqual(['ga', 'sb', 'sc', 'na'])
  expect(marks('aa', 'a')).toEqual(['sa', 'ga'])
})

test('a subject and a block say what they said and say', () => {
  const before = template('Hello', block('a', 'Tea'), block('b', 'Bye'))
  const after = template('Hi', block('a', 'Tea\nand cups'), block('b', 'Bye'))
  expect(compareTemplates(before, after)).toEqual([
    {
      language: 'en',
      part: 'subject',
      kind: 'changed',
      lines: [
        { mark: 'gone', text: 'Hello' },
        { mark: 'new', text: 'Hi' },
      ],
    },
    {
      language: 'en',
      part: 'text',
      kind: 'changed',
      lines: [
        { mark: 'same', text: 'Tea' },
        { mark: 'new', text: 'and cups' },
      ],
    },
  ])
  expect(compareTemplates(after, after)).toEqual([])
})

test('a block is new, gone or elsewhere, in columns too', () => {
  const [one, two, three] = [block('a', 'A'), block('b', 'B'), block('c', 'C')]
  const kinds = (before: unknown, after: unknown) =>
    compareTemplates(before, after).map(({ part, kind }) => [part, kind])
  expect(kinds(template('', one, two), template('', two, one))).toEqual([['text', 'moved']])
  const columns = { id: 'd', type: 'columns', columns: [{ id: 'e', width: 50, blocks: [three] }] }
  expect(kinds(template('', one), template('', columns))).toEqual([
    ['text', 'removed'],
    ['columns', 'added'],
    ['text', 'added'],
  ])
})

test('a language that came or went says all it says', () => {
  const none = { default_language: 'en', variants: {} }
  const [found] = compareTemplates(none, template('Hello', block('a', 'Tea')))
  expect(found).toMatchObject({ language: 'en', part: 'language', kind: 'added' })
  expect(found?.lines.map(({ text }) => text)).toEqual(['Hello', 'Tea'])
})

test('a page without line breaks is told tag by tag', () => {
  const page = (words: string) => ({
    variants: { en: { subject: 'S', html: `<div><p>A</p><p>${words}</p><p>C</p><p>D</p></div>` } },
  })
  const [found] = compareTemplates(page('B'), page('X'))
  expect(found?.lines.map(({ mark, text }) => `${mark} ${text}`)).toEqual([
    'same <p>A</p>',
    'gone <p>B</p>',
    'new <p>X</p>',
    'same <p>C</p>',
  ])
})
