import { beforeAll, expect, test } from 'vitest'
import { startLanguage } from './i18n'
import type { Texts } from './texts'

const modules = import.meta.glob<{ useText: Texts<string> }>('../**/texts.ts')
const placeholder = /\{\{\s*(\w+)/g

beforeAll(() => startLanguage('en'))

function placeholders(text: string): string[] {
  return [...text.matchAll(placeholder)].map((match) => match[1] ?? '').sort()
}

test.each(Object.keys(modules).filter((path) => !path.startsWith('./')))(
  '%s says the same in both languages',
  async (path) => {
    const words = (await modules[path]?.())?.useText.words
    expect(words).toBeDefined()
    const { en = {}, ja = {} } = words ?? {}
    const plain = Object.keys(en).filter((key) => !key.endsWith('_one'))
    expect(Object.keys(ja).sort()).toEqual(plain.sort())
    for (const [key, text] of Object.entries(ja)) {
      expect(text.trim(), key).not.toBe('')
      expect(en[key]?.trim(), key).not.toBe('')
      expect(placeholders(text), key).toEqual(placeholders(en[key] ?? ''))
    }
  },
)
