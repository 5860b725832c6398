import type { OfferDefinition } from '@/api/generated'

export type Benefit = OfferDefinition['benefit']

/** Kinds that the form makes; tiers have steps and come from files. */
export const kinds = [
  'percent_off',
  'amount_off',
  'spend_threshold',
  'next_purchase',
  'second_item',
  'buy_get',
  'free_shipping',
  'gift',
] as const
export type Kind = (typeof kinds)[number]

/** What the form holds. Amounts are in the currency's whole units, as people write them. */
export interface Wanted {
  kind: Kind
  percent?: number
  amount?: number
  minimum?: number
  productId: string
  giftJa: string
  giftEn: string
  buy?: number
  get?: number
}

export const nothing: Wanted = {
  kind: 'percent_off',
  percent: 10,
  buy: 2,
  get: 1,
  productId: '',
  giftJa: '',
  giftEn: '',
}

/** How many minor units make one of the currency: 1 for yen, 100 for pounds. */
export function minorUnits(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2)
}

/** The benefit as the API takes it; undefined while something is missing. */
export function benefitOf(wanted: Wanted, units: number): Benefit | undefined {
  const { percent, amount, minimum, buy, get } = wanted
  const minor = (value: number) => Math.round(value * units)
  switch (wanted.kind) {
    case 'percent_off':
    case 'second_item':
      return percent ? { kind: wanted.kind, percent } : undefined
    case 'next_purchase':
      return percent ? { kind: 'next_purchase', reduction: { percent } } : undefined
    case 'amount_off':
      return amount ? { kind: 'amount_off', amount_minor: minor(amount) } : undefined
    case 'spend_threshold':
      return percent && minimum
        ? { kind: 'spend_threshold', minimum_minor: minor(minimum), reduction: { percent } }
        : undefined
    case 'buy_get':
      return buy && get ? { kind: 'buy_get', buy, get } : undefined
    case 'free_shipping':
      return { kind: 'free_shipping' }
    case 'gift':
      return wanted.productId && wanted.giftJa && wanted.giftEn
        ? {
            kind: 'gift',
            product_id: wanted.productId,
            name_ja: wanted.giftJa,
            name_en: wanted.giftEn,
          }
        : undefined
  }
}
