import { expect, test } from 'vitest'
import { wordChanges } from './wordChanges'

const marked = (before: string, after: string, language: string) =>
  wordChanges(before, after, language)
    .map(({ text, change }) => ({ same: text, gone: `[-${text}]`, come: `[+${text}]` })[change])
    .join('')

test('what changed is marked word by word', () => {
  expect(marked('Tea is ready today', 'Tea is here today', 'en')).toBe(
    'Tea is [-ready][+here] today',
  )
  expect(marked('新茶が届きました', '新茶が入りました', 'ja')).toMatch(/^新茶が\[-.*\]\[\+.*\]/)
  expect(marked('', 'New', 'en')).toBe('[+New]')
  expect(marked('Same', 'Same', 'en')).toBe('Same')
})
