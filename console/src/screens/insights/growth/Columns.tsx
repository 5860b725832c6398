import { useState } from 'react'
import type { Month } from '@/api/generated'
import { useShop } from '@/app/session'
import { useFormat } from '@/language/format'
import heat from '../heat.module.css'
import { useText } from '../texts'
import { useMonth } from '../useMonth'
import styles from './Columns.module.css'

const height = 100
// What a small screen has room for.
const fewer = 13

/** A column a month: below what returning customers bought, above it what new ones did. */
export function Columns({ months }: { months: Month[] }) {
  const [place, setPlace] = useState(Math.max(0, months.length - 2))
  const all = (one: Month) => one.new_value_minor + one.returning_value_minor
  const most = Math.max(...months.map(all), 1)
  const chosen = months[place]
  return (
    <>
      {chosen && <Legend month={chosen} />}
      <div className={styles.columns}>
        {months.map((one, index) => (
          <Column
            key={one.month}
            month={one}
            most={most}
            isRunning={index === months.length - 1}
            isOld={index < months.length - fewer}
            isChosen={index === place}
            isLabelled={index % Math.ceil(months.length / fewer) === 0}
            onChoose={() => setPlace(index)}
          />
        ))}
      </div>
    </>
  )
}

function Legend({ month: one }: { month: Month }) {
  const t = useText()
  const format = useFormat()
  const month = useMonth()
  const { currency } = useShop()
  return (
    <dl className={styles.legend} aria-live="polite">
      <div>
        <dt>{t('month')}</dt>
        <dd>{month.long(one.month)}</dd>
      </div>
      <div data-part="returning">
        <dt>{t('returning')}</dt>
        <dd>
          {format.money(one.returning_value_minor, currency)}
          <small>{t('people_count', { count: one.n_returning })}</small>
        </dd>
      </div>
      <div data-part="new">
        <dt>{t('new')}</dt>
        <dd>
          {format.money(one.new_value_minor, currency)}
          <small>{t('people_count', { count: one.n_new })}</small>
        </dd>
      </div>
    </dl>
  )
}

interface ColumnProps {
  month: Month
  most: number
  isRunning: boolean
  /** Too long ago for a small screen. */
  isOld: boolean
  isChosen: boolean
  isLabelled: boolean
  onChoose: () => void
}

function Column({
  month: one,
  most,
  isRunning,
  isOld,
  isChosen,
  isLabelled,
  onChoose,
}: ColumnProps) {
  const t = useText()
  const format = useFormat()
  const month = useMonth()
  const { currency } = useShop()
  const back = (one.returning_value_minor / most) * height
  const fresh = (one.new_value_minor / most) * height
  return (
    <button
      type="button"
      className={styles.column}
      aria-pressed={isChosen}
      data-minor={isOld}
      onClick={onChoose}
      onMouseEnter={onChoose}
      onFocus={onChoose}
    >
      <svg
        aria-hidden
        viewBox={`0 0 10 ${height}`}
        preserveAspectRatio="none"
        data-running={isRunning}
      >
        <rect className={styles.returning} x="0" width="10" y={height - back} height={back} />
        <rect className={styles.new} x="0" width="10" y={height - back - fresh} height={fresh} />
      </svg>
      <span className={heat.said}>
        {t(isRunning ? 'month_cell_running' : 'month_cell', {
          month: month.long(one.month),
          returning: format.money(one.returning_value_minor, currency),
          fresh: format.money(one.new_value_minor, currency),
        })}
      </span>
      <span data-shown={isLabelled} aria-hidden>
        {month.short(one.month)}
      </span>
    </button>
  )
}
