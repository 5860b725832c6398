import type { CurvePoint, RepeatCurve, RepeatCurves } from '@/api/generated'
import { useFormat } from '@/language/format'
import { type Figures, Picture } from '../Picture'
import { useText } from '../texts'
import styles from './Curves.module.css'
import { marks, pointAt } from './curve'

const width = 720
const height = 340
const days = [0, 30, 60, 90, 120, 180, 240, 300, 365]

/** The share that has bought again by each day since, with its band; one curve a purchase. */
export function Curves({ told }: { told: RepeatCurves }) {
  const t = useText()
  const nth = useNth()
  const shown = told.curves.filter((curve) => curve.last_day > 0)
  return (
    <Picture title={t('repeat_picture')} figures={useFigures(shown)} file="repeat">
      <ul className={styles.legend} aria-hidden>
        {shown.map((curve) => (
          <li key={curve.purchase} data-curve={curve.purchase}>
            {nth(curve)}
          </li>
        ))}
      </ul>
      <Drawing curves={shown} horizon={told.horizon_days} />
      <Marks curves={shown} />
    </Picture>
  )
}

function Drawing({ curves, horizon }: { curves: RepeatCurve[]; horizon: number }) {
  const t = useText()
  const nth = useNth()
  const format = useFormat()
  const most = Math.max(...curves.flatMap((one) => one.points.map((point) => point.high)), 0.1)
  const top = Math.min(1, Math.ceil(most * 10) / 10)
  const x = (day: number) => (day / horizon) * width
  const y = (share: number) => height - (share / top) * height
  const lines = top > 0.5 ? 0.2 : 0.1
  const levels = Array.from({ length: Math.round(top / lines) + 1 }, (_, n) => n * lines)
  return (
    <div className={styles.frame}>
      <div className={styles.levels} aria-hidden>
        {[...levels].reverse().map((level) => (
          <span key={level}>{format.percent(level, 0)}</span>
        ))}
      </div>
      <svg
        className={styles.drawing}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('repeat_drawing', {
          curves: format.list(
            curves.map((curve) => {
              const point = pointAt(curve, Math.min(90, curve.last_day))
              return `${nth(curve)} ${format.percent(point?.share ?? 0, 0)}`
            }),
          ),
        })}
      >
        {levels.map((level) => (
          <line key={level} className={styles.line} x1="0" x2={width} y1={y(level)} y2={y(level)} />
        ))}
        {[...curves].reverse().map((curve) => (
          <g key={curve.purchase} data-curve={curve.purchase}>
            <path className={styles.band} d={bandOf(curve, x, y)} />
            <path className={styles.curve} d={stepsOf(curve, x, y, (point) => point.share)} />
          </g>
        ))}
      </svg>
      <div className={styles.days} aria-hidden>
        {days
          .filter((day) => day <= horizon)
          .map((day) => (
            <span key={day} data-day={day}>
              {day === 0 ? t('day_zero') : t('day_number', { day })}
            </span>
          ))}
      </div>
    </div>
  )
}

type Scale = (value: number) => number

function stepsOf(
  curve: RepeatCurve,
  x: Scale,
  y: Scale,
  of: (point: CurvePoint) => number,
): string {
  const steps = curve.points.map((one) => `H${x(one.day).toFixed(1)}V${y(of(one)).toFixed(1)}`)
  return `M0 ${y(0)}${steps.join('')}H${x(curve.last_day).toFixed(1)}`
}

function bandOf(curve: RepeatCurve, x: Scale, y: Scale): string {
  const back = [...curve.points].reverse()
  const low = back.map((one) => `V${y(one.low).toFixed(1)}H${x(one.day).toFixed(1)}`)
  return `${stepsOf(curve, x, y, (one) => one.high)}${low.join('')}V${y(0)}H0Z`
}

/** Names the purchase that a curve is of. */
function useNth(): (curve: RepeatCurve) => string {
  const t = useText()
  const names = { 1: t('nth_2'), 2: t('nth_3'), 3: t('nth_4') }
  return ({ purchase }) => names[purchase as keyof typeof names]
}

/** The same at the days one speaks of. */
function Marks({ curves }: { curves: RepeatCurve[] }) {
  const t = useText()
  const nth = useNth()
  const format = useFormat()
  return (
    <div className={styles.below}>
      <table className={styles.marks}>
        <thead>
          <tr>
            <th scope="col">{t('by_day')}</th>
            {marks.map((day) => (
              <th key={day} scope="col" data-minor={day === 14 || day === 60}>
                {t('day_number', { day })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {curves.map((curve) => (
            <tr key={curve.purchase}>
              <th scope="row">{nth(curve)}</th>
              {marks.map((day) => {
                const point = pointAt(curve, day)
                return (
                  <td key={day} data-minor={day === 14 || day === 60}>
                    {point ? format.percent(point.share, 0) : '–'}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface Line {
  curve: RepeatCurve
  day: number
  point: CurvePoint
}

function useFigures(curves: RepeatCurve[]): Figures<Line> {
  const t = useText()
  const nth = useNth()
  const format = useFormat()
  const rows = curves.flatMap((curve) =>
    marks.flatMap((day) => {
      const point = pointAt(curve, day)
      return point ? [{ curve, day, point }] : []
    }),
  )
  const share = (id: 'share' | 'low' | 'high', header: string) => ({
    id,
    header,
    isNumber: true,
    cell: ({ point }: Line) => format.percent(point[id]),
    plain: ({ point }: Line) => point[id],
  })
  const which = ({ curve }: Line) => nth(curve)
  return {
    rows,
    rowKey: ({ curve, day }) => `${curve.purchase}-${day}`,
    columns: [
      { id: 'purchase', header: t('purchase'), cell: which, plain: which },
      {
        id: 'day',
        header: t('days_since'),
        isNumber: true,
        cell: ({ day }) => day,
        plain: ({ day }) => day,
      },
      share('share', t('bought_again')),
      share('low', t('at_least')),
      share('high', t('at_most')),
      {
        id: 'people',
        header: t('watched'),
        isNumber: true,
        cell: ({ point }) => format.number(point.n_at_risk),
        plain: ({ point }) => point.n_at_risk,
      },
    ],
  }
}
