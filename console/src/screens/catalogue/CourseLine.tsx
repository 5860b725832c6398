import { useFormat } from '@/language/format'
import styles from './CourseLine.module.css'
import { useText } from './texts'

export interface CoursePoint {
  at: string
  value: number
}

interface Props {
  points: CoursePoint[]
  /** What is drawn, in a few words. */
  label: string
  write: (value: number) => string
}

const width = 240
const height = 44

/** A value that holds until the next one: a line of steps, from the first statement until now. */
export function CourseLine({ points, label, write }: Props) {
  const t = useText()
  const format = useFormat()
  const [first] = points
  if (!first) return null
  if (points.length < 2) return <p className={styles.note}>{t('no_course')}</p>
  const values = points.map((point) => point.value)
  const least = Math.min(...values)
  const most = Math.max(...values)
  return (
    <figure className={styles.course}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('course', {
          what: label,
          least: write(least),
          most: write(most),
          since: format.day(first.at),
        })}
      >
        <path d={stepsOf(points, least, most)} />
      </svg>
      <figcaption>
        <span>{format.day(first.at)}</span>
        <span>{t('between', { least: write(least), most: write(most) })}</span>
        <span>{t('now')}</span>
      </figcaption>
    </figure>
  )
}

function stepsOf(points: CoursePoint[], least: number, most: number): string {
  const from = Date.parse(points[0]?.at ?? '')
  const span = Math.max(Date.now() - from, 1)
  const x = (at: string) => (((Date.parse(at) - from) / span) * width).toFixed(1)
  const y = (value: number) =>
    (height - 3 - ((value - least) / (most - least || 1)) * (height - 6)).toFixed(1)
  const [first, ...rest] = points
  if (!first) return ''
  return `M0 ${y(first.value)}${rest.map((one) => `H${x(one.at)}V${y(one.value)}`).join('')}H${width}`
}
