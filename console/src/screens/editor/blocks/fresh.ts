import type { Document } from '@/api/generated'
import type { Language } from '@/language/i18n'
import { type AnyBlock, type Kind, newId, type Of } from './model'

/** Words a new block begins with; placeholders would be sent by mistake, so there are few. */
const words: Record<Language, { hello: string; left: string; lines: string[] }> = {
  ja: { hello: '{{ customer | honorific }}', left: 'あと{{ left }}', lines: [] },
  en: {
    hello: "Hello {{ customer.first_name | default: 'there' }}",
    left: '{{ left }} left',
    lines: [],
  },
}

const makers: { [K in Kind]: (language: Language) => Omit<Of<K>, 'id'> } = {
  heading: () => ({ kind: 'heading', text: '' }),
  text: () => ({ kind: 'text', paragraphs: [{ spans: [] }] }),
  image: () => ({ kind: 'image', src: '' }),
  button: () => ({ kind: 'button', label: '', href: '{{ shop.url }}/' }),
  columns: () => ({
    kind: 'columns',
    columns: [
      { id: newId(), blocks: [] },
      { id: newId(), blocks: [] },
    ],
  }),
  divider: () => ({ kind: 'divider' }),
  spacer: () => ({ kind: 'spacer', height: 24 }),
  products: () => ({ kind: 'products', strategy: 'for_you', fills: true, limit: 3 }),
  countdown: (language) => ({ kind: 'countdown', until: soon(), text: words[language].left }),
  coupon: () => ({ kind: 'coupon', code: '', title: '' }),
  reason: () => ({ kind: 'reason' }),
  footer: () => ({ kind: 'footer', lines: [] }),
  saved: () => ({ kind: 'saved', saved_id: '' }),
}

export function freshBlock(kind: Kind, language: Language): AnyBlock {
  return { ...makers[kind](language), id: newId() } as AnyBlock
}

/** A letter to begin with: a greeting, a place to write, and what no message can be without. */
export function freshDocument(language: Language): Document {
  const { hello, lines } = words[language]
  return {
    blocks: [
      { kind: 'heading', id: newId(), text: hello, level: 2, space: 'large' },
      { kind: 'text', id: newId(), paragraphs: [{ spans: [] }] },
      { kind: 'reason', id: newId() },
      { kind: 'footer', id: newId(), lines },
    ],
  }
}

/** Midnight of a week from now, in the reader's own zone. */
function soon(): string {
  const day = new Date(Date.now() + 7 * 86_400_000)
  day.setHours(23, 59, 0, 0)
  return localIso(day)
}

/** An instant with the offset of the clock on the wall. */
export function localIso(at: Date): string {
  const minutes = -at.getTimezoneOffset()
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0')
  const shifted = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, 19)
  const sign = minutes < 0 ? '-' : '+'
  return `${shifted}${sign}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`
}
