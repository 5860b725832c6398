import type { AffinityPair, BasketAffinities } from '@/api/generated'
import { useLanguage } from '@/language/texts'

export type Basket = BasketAffinities['affinities']['of']

/** Names products and categories in the reader's language, by their ids if there is no name. */
export function useThingName({ names }: BasketAffinities): (id: string) => string {
  const language = useLanguage()
  return (id) => {
    const name = names[id]
    return (language === 'ja' ? name?.title_ja : undefined) || name?.title || id
  }
}

/** From the one more of whose buyers take the other too: the better reason to show the other. */
export function directed(pair: AffinityPair): { from: string; to: string; share: number } {
  return pair.left_share >= pair.right_share
    ? { from: pair.left, to: pair.right, share: pair.left_share }
    : { from: pair.right, to: pair.left, share: pair.right_share }
}

/** Where a lift lies between chance (0) and the strongest (1). */
export function placeOf(lift: number, most: number): number {
  return Math.max(0, Math.min(1, (lift - 1) / Math.max(most - 1, 0.01)))
}

/** Who bought one and never the other. */
export function withoutOther(of: Basket, from: string, to: string): Record<string, unknown> {
  const field = of === 'product' ? 'product_id' : 'category'
  const bought = (value: string, count: Record<string, number>) => ({
    type: 'event_count',
    event: 'Order Completed',
    count,
    where: [{ on: 'any_item', where: [{ field, test: { type: 'is', value } }] }],
  })
  return { type: 'all', of: [bought(from, { at_least: 1 }), bought(to, { at_most: 0 })] }
}

/** 25 and 1.9: a digit more tells nothing. */
export function rounded(lift: number): number {
  return lift < 10 ? Math.round(lift * 10) / 10 : Math.round(lift)
}
