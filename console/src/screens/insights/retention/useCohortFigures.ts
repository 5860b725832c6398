import type { Retention } from '@/api/generated'
import { useShop } from '@/app/session'
import { useFormat } from '@/language/format'
import { toMajor } from '../major'
import type { Figures } from '../Picture'
import { useText } from '../texts'
import { useMonth } from '../useMonth'
import { type Place, shareOf } from './cohorts'

/** The cohorts as a table: a row for each month of each. */
export function useCohortFigures({ cohorts }: Retention): Figures<Place> {
  const t = useText()
  const format = useFormat()
  const month = useMonth()
  const { currency } = useShop()
  return {
    rows: cohorts.flatMap((cohort) => cohort.months.map((one) => ({ cohort, month: one }))),
    rowKey: ({ cohort, month: at }) => `${cohort.month}-${at.after}`,
    columns: [
      {
        id: 'cohort',
        header: t('first_purchase'),
        cell: ({ cohort }) => month.long(cohort.month),
        plain: ({ cohort }) => cohort.month.slice(0, 7),
      },
      {
        id: 'size',
        header: t('people'),
        isNumber: true,
        cell: ({ cohort }) => format.number(cohort.n_people),
        plain: ({ cohort }) => cohort.n_people,
      },
      {
        id: 'after',
        header: t('months_later'),
        isNumber: true,
        cell: ({ month: at }) => at.after,
        plain: ({ month: at }) => at.after,
      },
      {
        id: 'back',
        header: t('bought'),
        isNumber: true,
        cell: ({ month: at }) => format.number(at.n_people),
        plain: ({ month: at }) => at.n_people,
      },
      {
        id: 'share',
        header: t('by_share'),
        isNumber: true,
        cell: ({ cohort, month: at }) => format.percent(shareOf(cohort, at)),
        plain: ({ cohort, month: at }) => shareOf(cohort, at),
      },
      {
        id: 'value',
        header: t('value'),
        isNumber: true,
        cell: ({ month: at }) => format.money(at.value_minor, currency),
        plain: ({ month: at }) => toMajor(at.value_minor, currency),
      },
    ],
  }
}
