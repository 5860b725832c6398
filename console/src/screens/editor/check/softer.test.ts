import { expect, test } from 'vitest'
import type { AnyBlock } from '../blocks/model'
import { softenBlock, softenSubject } from './softer'

const text = (...spans: { text: string; bold?: boolean }[]): AnyBlock => ({
  kind: 'text',
  id: 'b',
  paragraphs: [{ spans }, { spans: [{ text: 'See you.' }] }],
})
const softer = [{ before: 'Now that you are a widow, eat small.', after: 'Eat small.' }]

test('words are replaced across spans, and what stands around them keeps its form', () => {
  const block = text(
    { text: 'Hello! Now that you ' },
    { text: 'are a widow', bold: true },
    { text: ', eat small. Bye.' },
  )
  expect(softenBlock(block, softer)).toEqual(text({ text: 'Hello! Eat small.' }, { text: ' Bye.' }))
})

test('a paragraph of which nothing is left goes', () => {
  const block = text({ text: 'You quit your job.' })
  const [put] = [{ before: 'You quit your job.', after: '' }]
  expect(softenBlock(block, [put])).toEqual({
    kind: 'text',
    id: 'b',
    paragraphs: [{ spans: [{ text: 'See you.' }] }],
  })
})

test('words that are no longer there, or stand twice, are left alone', () => {
  expect(softenBlock(text({ text: 'Something else.' }), softer)).toBeUndefined()
  const words = softer[0]?.before ?? ''
  expect(softenBlock(text({ text: `${words} ${words}` }), softer)).toBeUndefined()
})

test('what looks like a pattern is put in as it is', () => {
  const heading: AnyBlock = { kind: 'heading', id: 'h', text: 'Only 3 left.' }
  expect(softenBlock(heading, [{ before: 'Only 3 left.', after: '$& is here.' }])).toEqual({
    ...heading,
    text: '$& is here.',
  })
})

test('a subject is softened, and never emptied', () => {
  const envelope = { subject: 'You are 50.', preheader: 'Only 3 left. Look.' }
  expect(softenSubject(envelope, [{ before: 'Only 3 left. ', after: 'In stock. ' }])).toEqual({
    subject: 'You are 50.',
    preheader: 'In stock. Look.',
  })
  expect(softenSubject(envelope, [{ before: 'You are 50.', after: '' }])).toBeUndefined()
})
