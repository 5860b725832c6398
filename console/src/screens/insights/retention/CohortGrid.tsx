import { useState } from 'react'
import type { Cohort, Retention } from '@/api/generated'
import { useShop } from '@/app/session'
import { useFormat } from '@/language/format'
import { Choice } from '../Choice'
import heat from '../heat.module.css'
import { toMajor } from '../major'
import { Picture } from '../Picture'
import { shadeBetween } from '../shade'
import { useText } from '../texts'
import { useMonth } from '../useMonth'
import { CohortDetail } from './CohortDetail'
import styles from './CohortGrid.module.css'
import { furthest, isRunning, kept, type Place, shareOf } from './cohorts'
import { useCohortFigures } from './useCohortFigures'

type Measure = 'share' | 'value'

/** A row for each month of first purchases; to the right, the months after. */
export function CohortGrid({ retention }: { retention: Retention }) {
  const t = useText()
  const [measure, setMeasure] = useState<Measure>('share')
  const [chosen, setChosen] = useState<Place>()
  return (
    <>
      <Picture
        title={t('cohorts_picture')}
        figures={useCohortFigures(retention)}
        file="retention"
        choices={
          <Choice
            label={t('cohorts_colour')}
            value={measure}
            options={[
              ['share', t('by_share')],
              ['value', t('by_head')],
            ]}
            onChange={setMeasure}
          />
        }
      >
        <Grid retention={retention} measure={measure} chosen={chosen} onChoose={setChosen} />
        <p className={styles.note}>{t('cohorts_note')}</p>
      </Picture>
      {chosen && <CohortDetail place={chosen} />}
    </>
  )
}

interface GridProps {
  retention: Retention
  measure: Measure
  chosen?: Place
  onChoose: (place: Place) => void
}

function Grid({ retention, measure, chosen, onChoose }: GridProps) {
  const t = useText()
  const format = useFormat()
  const of = ({ cohort, month }: Place) =>
    measure === 'share' ? shareOf(cohort, month) : month.value_minor / (cohort.n_people || 1)
  // The month of the first purchase would outshine all others: everybody bought in it.
  const later = retention.cohorts.flatMap((cohort) =>
    cohort.months.slice(1).map((month) => of({ cohort, month })),
  )
  const span: [number, number] = [Math.min(...later), Math.max(...later, 0)]
  const every = Array.from({ length: furthest + 1 }, (_, after) => after)
  return (
    <div className={styles.grid}>
      <div className={styles.row} aria-hidden>
        <span>{t('first_purchase')}</span>
        {every.map((after) => (
          <span key={after} className={styles.after} data-minor={!kept.has(after)}>
            {after === 0 ? t('same_month') : t('months_after', { after })}
          </span>
        ))}
      </div>
      {retention.cohorts.map((cohort) => (
        <div key={cohort.month} className={styles.row}>
          <Name cohort={cohort} />
          {cohort.months.slice(0, furthest + 1).map((month) => {
            const place = { cohort, month }
            return (
              <Cell
                key={month.after}
                place={place}
                shade={month.after === 0 ? 0 : shadeBetween(of(place), span)}
                text={measure === 'share' ? format.percent(of(place), 0) : undefined}
                isChosen={
                  chosen?.cohort.month === cohort.month && chosen.month.after === month.after
                }
                onChoose={onChoose}
              />
            )
          })}
        </div>
      ))}
    </div>
  )
}

function Name({ cohort }: { cohort: Cohort }) {
  const format = useFormat()
  const month = useMonth()
  return (
    <span className={styles.name} aria-hidden>
      {month.short(cohort.month)}
      <small>{format.number(cohort.n_people)}</small>
    </span>
  )
}

interface CellProps {
  place: Place
  shade: number
  /** What stands in it; the value a head if nothing is given. */
  text?: string
  isChosen: boolean
  onChoose: (place: Place) => void
}

function Cell({ place, shade, text, isChosen, onChoose }: CellProps) {
  const t = useText()
  const format = useFormat()
  const month = useMonth()
  const { currency } = useShop()
  const { cohort, month: at } = place
  const each = at.value_minor / (cohort.n_people || 1)
  const running = isRunning(cohort, at)
  return (
    <button
      type="button"
      className={`${heat.cell} ${styles.cell}`}
      data-shade={shade}
      data-running={running}
      data-minor={!kept.has(at.after)}
      aria-pressed={isChosen}
      onClick={() => onChoose(place)}
    >
      <span aria-hidden>{text ?? format.compact(toMajor(each, currency))}</span>
      <span className={heat.said}>
        {t(running ? 'cohort_cell_running' : 'cohort_cell', {
          month: month.long(cohort.month),
          after: at.after,
          share: format.percent(shareOf(cohort, at)),
          value: format.money(Math.round(each), currency),
        })}
      </span>
    </button>
  )
}
