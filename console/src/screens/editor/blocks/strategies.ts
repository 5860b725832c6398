import type { Of } from './model'

/** Where to look next: words without a picture, a price or an address. */
export const suggestions = ['categories', 'searches'] as const
export type Suggestion = (typeof suggestions)[number]

/** How products can be found for a reader, as the tag `recommend` calls it. */
export const strategies = [
  'for_you',
  'new_for_you',
  'viewed_not_bought',
  'saved_items',
  'buy_again',
  'goes_with',
  'similar',
  'next_after',
  'trending',
  'cold_start',
  'content',
  ...suggestions,
] as const
export type Strategy = (typeof strategies)[number]

export const isStrategy = (name: string | null | undefined): name is Strategy =>
  strategies.some((one) => one === name)

export const isSuggestion = (name: Strategy): name is Suggestion =>
  suggestions.some((one) => one === name)

/** Whether it goes out from a product. */
export const isSeeded = (strategy: Strategy) =>
  strategy === 'goes_with' || strategy === 'similar' || strategy === 'next_after'

// A list that is named for what the reader did holds nothing else.
const exact = new Set<Strategy>(['viewed_not_bought', 'saved_items', 'buy_again'])

/** A block's fields for a choice of products: a strategy, or a list by its name. */
export function chosenProducts(choice: string): Partial<Of<'products'>> {
  if (!isStrategy(choice)) return { source: choice, strategy: '', seed: '', fills: false }
  const fills = !exact.has(choice) && !isSuggestion(choice)
  return { source: '', strategy: choice, seed: '', fills }
}
