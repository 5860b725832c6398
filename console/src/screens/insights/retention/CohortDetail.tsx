import { useShop } from '@/app/session'
import { useFormat } from '@/language/format'
import { instantOf } from '@/language/zone'
import { Detail } from '../Detail'
import { useText } from '../texts'
import { useMonth } from '../useMonth'
import { monthAfter, type Place, shareOf } from './cohorts'

const ordered = 'Order Completed'

/** One cohort in one month, and segments of the cohort and of those who never came back. */
export function CohortDetail({ place: { cohort, month } }: { place: Place }) {
  const t = useText()
  const format = useFormat()
  const written = useMonth()
  const { currency, timezone } = useShop()
  const name = t('cohort_name', { month: written.long(cohort.month) })
  const first = {
    type: 'first_event',
    event: ordered,
    window: {
      type: 'between',
      from: instantOf(cohort.month, timezone),
      until: instantOf(monthAfter(cohort.month, 1), timezone),
    },
  }
  const once = { type: 'event_count', event: ordered, count: { at_most: 1 } }
  return (
    <Detail
      title={t('cohort_title', {
        month: written.long(cohort.month),
        later: written.long(monthAfter(cohort.month, month.after)),
      })}
      facts={[
        [t('cohort_size'), format.number(cohort.n_people)],
        [t('bought'), format.number(month.n_people)],
        [t('by_share'), format.percent(shareOf(cohort, month))],
        [t('value'), format.money(month.value_minor, currency)],
        [
          t('by_head'),
          format.money(Math.round(month.value_minor / (cohort.n_people || 1)), currency),
        ],
      ]}
      audiences={[
        {
          label: t('make_never_back'),
          name: t('never_back_name', { month: written.long(cohort.month) }),
          condition: { type: 'all', of: [first, once] },
        },
        { label: t('make_cohort'), name, condition: first },
      ]}
    />
  )
}
