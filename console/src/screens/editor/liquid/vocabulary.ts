import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { listVocabularyOptions } from '@/api/generated/@tanstack/react-query.gen'
import { strategies } from '../blocks/strategies'

export interface Word {
  /** What is put behind it. */
  end?: string
  /** As Liquid spells it. */
  value: string
  /** How many people have it, where that is known. */
  count?: number
}

// What every render has beside traits, and what is made of orders.
const always = [
  'customer | honorific',
  'customer.order_count',
  'customer.days_since_order',
  'customer.last_order_at',
  'customer.first_order_at',
  'customer.total_spent',
  'customer.favourite_category',
  'customer.favourite_category_ja',
  'shop.name',
  'shop.url',
]
// What most letters begin with.
const names = new Set(['customer | honorific', 'customer.first_name', 'customer.last_name'])
const filters = [
  'honorific',
  "default: ''",
  'money',
  'number',
  "count: ''",
  'date_long',
  'date_medium',
  'date_short',
  'time_short',
  'upcase',
  'downcase',
  'truncate: 20',
]
// Contact data and bookkeeping are no facts to write a sentence with.
const unwritten = new Set(['email', 'phone', 'simulated_fields'])
// The tag with what it needs, ready for a line: the best product's name, and words for who has none.
const tags: Word[] = strategies.map((strategy) => ({
  value: `recommend '${strategy}', limit: 1`,
  end: ' %}{{ items.first.title }}{% else %}{% endrecommend %}',
}))
const inside = /\{\{-?\s*([\w.]*)$/
const opening = /\{%-?\s*(\w*)$/
const filtering = /\{\{[^{}]*\|\s*(\w*)$/

/** What may stand in `{{ }}`: facts about people, most frequent first, and filters. */
export function useVocabulary(): Word[] {
  const attributes = useQuery({
    ...listVocabularyOptions({ path: { kind: 'attributes' }, query: { limit: 200 } }),
    staleTime: 120_000,
    retry: false,
  }).data
  return useMemo(() => {
    const traits = (attributes ?? [])
      .filter(({ value }) => /^[A-Za-z_]\w*$/.test(value) && !unwritten.has(value))
      .map(({ value, count }) => ({ value: `customer.${value}`, count }))
    const known = new Set(traits.map((one) => one.value))
    const others = always.filter((one) => !known.has(one)).map((value): Word => ({ value }))
    const isFirst = ({ value }: Word) => names.has(value)
    const all = [...others, ...traits]
    return [...all.filter(isFirst), ...traits, ...others].filter(
      (one, index, words) => words.findIndex(({ value }) => value === one.value) === index,
    )
  }, [attributes])
}

export interface Offer {
  words: Word[]
  /** What was typed of the word so far. */
  typed: string
}

/** What completes the text before a caret; nothing outside `{{` and `{%`. */
export function offerFor(before: string, vocabulary: Word[]): Offer | undefined {
  const filter = filtering.exec(before)
  const fact = inside.exec(before)
  const tag = opening.exec(before)
  const typed = (filter ?? fact ?? tag)?.[1]
  if (typed === undefined) return undefined
  const facts: Word[] = filter ? filters.map((value) => ({ value })) : vocabulary
  const all = tag ? tags : facts
  const wanted = typed.toLowerCase()
  const words = all.filter(({ value }) => value.toLowerCase().includes(wanted))
  const isDone = words.length === 1 && words[0]?.value === typed
  return words.length && !isDone ? { words: words.slice(0, 12), typed } : undefined
}
