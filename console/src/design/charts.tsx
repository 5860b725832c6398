import { type ReactNode, useId, useState } from 'react'
import styles from './charts.module.css'
import { DataTable } from './DataTable'
import { useText } from './texts'

export interface Point {
  label: string
  value: number
  /** Written out, as the reader writes numbers. */
  text: string
  note?: string
  /** Stands back behind the others. */
  isMuted?: boolean
}

interface ChartProps {
  /** What is drawn, in a sentence. */
  title: string
  points: Point[]
  /** Headers of the table: of the labels, of the values. */
  headers: [string, string]
}

/** A picture with the same figures as a table one click away. */
function Chart({ title, points, headers, children }: ChartProps & { children: ReactNode }) {
  const t = useText()
  const [isTable, setIsTable] = useState(false)
  const id = useId()
  return (
    <figure className={styles.chart} aria-labelledby={id}>
      <figcaption>
        <span id={id}>{title}</span>
        <button type="button" onClick={() => setIsTable(!isTable)}>
          {isTable ? t('as_chart') : t('as_table')}
        </button>
      </figcaption>
      {isTable ? (
        <DataTable
          caption={title}
          rows={points}
          rowKey={(point) => point.label}
          columns={[
            { id: 'label', header: headers[0], cell: (point) => point.label },
            { id: 'value', header: headers[1], cell: (point) => point.text, isNumber: true },
          ]}
        />
      ) : (
        children
      )}
    </figure>
  )
}

/** Lengths to compare: one row a point, the words beside it. */
export function Bars(props: ChartProps) {
  const most = Math.max(...props.points.map((point) => point.value), 1)
  return (
    <Chart {...props}>
      <dl className={styles.bars}>
        {props.points.map((point) => (
          <div key={point.label}>
            <dt>{point.label}</dt>
            <dd>
              {point.text} {point.note && <small>{point.note}</small>}
            </dd>
            <svg aria-hidden viewBox="0 0 100 4" preserveAspectRatio="none">
              <rect className={styles.track} width="100" height="4" />
              <rect className={styles.bar} width={(point.value / most) * 100} height="4" />
            </svg>
          </div>
        ))}
      </dl>
    </Chart>
  )
}

/** How many are where: columns without gaps, few labels. */
export function Distribution(props: ChartProps) {
  const { points } = props
  const most = Math.max(...points.map((point) => point.value), 1)
  const width = 100 / Math.max(points.length, 1)
  return (
    <Chart {...props}>
      <svg
        className={styles.distribution}
        viewBox="0 0 100 40"
        preserveAspectRatio="none"
        role="img"
        aria-label={props.title}
      >
        {points.map((point, index) => (
          <rect
            key={point.label}
            className={styles.bar}
            data-muted={point.isMuted}
            x={index * width + width * 0.06}
            y={40 - (point.value / most) * 40}
            width={width * 0.88}
            height={(point.value / most) * 40}
          >
            <title>{`${point.label}: ${point.text}`}</title>
          </rect>
        ))}
      </svg>
      <p className={styles.ends} aria-hidden>
        <span>{points[0]?.label}</span>
        <span>{points.at(-1)?.label}</span>
      </p>
    </Chart>
  )
}

/** A course over time, small enough for a line of text. */
export function Sparkline({ values, label }: { values: number[]; label: string }) {
  const most = Math.max(...values)
  const least = Math.min(...values)
  const step = 100 / Math.max(values.length - 1, 1)
  const line = values.map(
    (value, index) => `${index * step},${22 - ((value - least) / (most - least || 1)) * 20}`,
  )
  return (
    <svg
      className={styles.sparkline}
      viewBox="0 0 100 24"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <polyline points={line.join(' ')} />
    </svg>
  )
}
