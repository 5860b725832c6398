import type { MonthCount } from '@/api/generated'
import { useLanguage } from '@/language/texts'
import { useText } from './texts'
import styles from './timeline.module.css'

interface Props {
  months: MonthCount[]
  /** An instant the list begins at, empty for the newest. */
  chosen: string
  onChoose: (until: string) => void
}

/** The whole history as columns; each leads to its month. */
export function MonthStrip({ months, chosen, onChoose }: Props) {
  const t = useText()
  const language = useLanguage()
  const shown = withGaps(months).slice(-36)
  const most = Math.max(...shown.map((month) => month.n), 1)
  const name = new Intl.DateTimeFormat(language === 'ja' ? 'ja-JP' : 'en-GB', {
    year: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  })
  const nameOf = (month: string) => name.format(new Date(`${month}-01T00:00:00Z`))
  return (
    <div className={styles.strip}>
      <ol aria-label={t('months')}>
        {shown.map(({ month, n, ends_at }) => {
          const until = ends_at
          const label = t('month', { month: nameOf(month), count: n })
          return (
            <li key={month}>
              <button
                type="button"
                aria-label={label}
                aria-pressed={until === chosen}
                title={label}
                onClick={() => onChoose(until === chosen ? '' : until)}
              >
                <span
                  className={styles.bar}
                  style={{ height: `${n ? 8 + (n / most) * 92 : 2}%` }}
                />
              </button>
            </li>
          )
        })}
      </ol>
      <p>
        <span aria-hidden>{shown[0] && nameOf(shown[0].month)}</span>
        {chosen ? (
          <button type="button" onClick={() => onChoose('')}>
            {t('newest')}
          </button>
        ) : null}
        <span aria-hidden>{nameOf(shown.at(-1)?.month ?? '1970-01')}</span>
      </p>
    </div>
  )
}

/** Months without events are columns too: time runs evenly. */
function withGaps(months: MonthCount[]): MonthCount[] {
  const counts = new Map(months.map((one) => [one.month, one]))
  const first = months[0]?.month
  const last = months.at(-1)?.month
  const filled: MonthCount[] = []
  for (let month = first; month && last && month <= last; month = next(month)) {
    filled.push(counts.get(month) ?? { month, n: 0, ends_at: `${next(month)}-01T00:00:00Z` })
  }
  return filled
}

function next(month: string): string {
  const end = new Date(`${month}-01T00:00:00Z`)
  end.setUTCMonth(end.getUTCMonth() + 1)
  return end.toISOString().slice(0, 7)
}
