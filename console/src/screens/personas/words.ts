import type { Distinction } from '@/api/generated'
import { useShop } from '@/app/session'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { useText } from './texts'

interface Named {
  name_ja: string
  name_en: string
}

/** Says a name in the reader's language. */
export function useNaming(): (one: Named) => string {
  const language = useLanguage()
  return (one) => (language === 'ja' ? one.name_ja : one.name_en)
}

const money = new Set(['spent', 'order_value'])
const counted = new Set(['views', 'searches', 'carts', 'clicks'])

/** Says one side of a difference in its own unit. */
export function useAmount(): (one: Distinction, value: number) => string {
  const t = useText()
  const format = useFormat()
  const { currency } = useShop()
  return ({ feature: { key } }, value) => {
    if (money.has(key)) return format.money(value, currency)
    if (key === 'recency') return t('days', { count: Math.round(value) })
    if (key === 'orders') return t('orders', { value: format.number(rounded(value)) })
    if (counted.has(key)) return t('times', { value: format.number(rounded(value)) })
    return format.percent(value, 0)
  }
}

/** One digit below ten: 1.4 orders and 2 orders are not the same. */
function rounded(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value)
}
