import type { LiveSegment } from '@/api/generated'
import { useShop } from '@/app/session'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { useText } from './texts'

/** Beyond this many seconds members count as behind. */
export const staleSeconds = 60
const daySeconds = 86_400

/** Says a segment's name in the reader's language. */
export function useNaming(): (segment: Named) => string {
  const language = useLanguage()
  return (segment) => (language === 'ja' ? segment.name_ja : segment.name_en)
}

interface Named {
  name_ja: string
  name_en: string
}

/** Says a threshold's value with its unit; money in the shop's currency. */
export function useMeasure(): (value: number, unit: string) => string {
  const t = useText()
  const format = useFormat()
  const { currency } = useShop()
  return (value, unit) => {
    if (unit === 'minor') return format.money(value, currency)
    const text = format.number(Math.round(value * 10) / 10)
    if (unit === 'days') return t('unit_days', { value: text })
    if (unit === 'orders') return t('unit_orders', { value: text })
    if (unit === 'percent') return t('unit_percent', { value: text })
    return t('unit_times', { value: text })
  }
}

/** Says how fresh members are, in words. */
export function useFreshness(): (segments: LiveSegment[]) => string {
  const t = useText()
  const format = useFormat()
  return (segments) => {
    const lags = segments.flatMap((one) => (one.lag_seconds === null ? [] : [one.lag_seconds]))
    if (lags.length === 0) return t('fresh_never')
    const lag = Math.max(...lags)
    if (lag < staleSeconds) return t('fresh_now')
    const since = new Date(Date.now() - Math.min(lag, 3650 * daySeconds) * 1000)
    return t('fresh', { ago: format.ago(since.toISOString()) })
  }
}
