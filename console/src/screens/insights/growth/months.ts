import type { Month } from '@/api/generated'

/** The share of revenue that is of customers who had bought in a month before; null without any. */
export function returningShare(months: Month[]): number | null {
  const back = months.reduce((sum, one) => sum + one.returning_value_minor, 0)
  const all = months.reduce((sum, one) => sum + one.new_value_minor, back)
  return all > 0 ? back / all : null
}
