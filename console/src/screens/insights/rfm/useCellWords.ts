import { useText } from '../texts'
import type { Span } from './map'

/** Says the spans of the map in words: "18 to 47 days ago", "4 orders". */
export function useCellWords() {
  const t = useText()
  const days = ({ from, to }: Span) => {
    if (from === undefined) return t('days_within', { to: to ?? 0 })
    return to === undefined ? t('days_over', { from }) : t('days_between', { from, to })
  }
  const orders = ({ from, to }: { from: number; to?: number }) => {
    if (to === undefined) return t('orders_over', { from })
    return from === to ? t('orders_exactly', { count: from }) : t('orders_between', { from, to })
  }
  return { days, orders }
}
