import type { AttributeFigures } from '@/api/generated'
import { DataTable, Section } from '@/design'
import { useFormat } from '@/language/format'
import { asValueType, valueTypes } from '../choices'
import { useText } from '../texts'
import styles from './TypesOverTime.module.css'

interface Props {
  figures: AttributeFigures
  hasDrift: boolean
}

export function TypesOverTime({ figures, hasDrift }: Props) {
  const t = useText()
  const format = useFormat()
  return (
    <Section title={t('types_title')} note={t(hasDrift ? 'types_note_drift' : 'types_note_steady')}>
      {figures.weeks.length > 1 && <Weeks figures={figures} />}
      <DataTable
        caption={t('types_title')}
        rows={figures.types}
        rowKey={(one) => one.type}
        columns={[
          {
            id: 'type',
            header: t('type'),
            cell: (one) => (
              <span className={styles.type} data-type={one.type}>
                {t(`type_${asValueType(one.type)}`)}
              </span>
            ),
          },
          {
            id: 'share',
            header: t('share'),
            cell: (one) => format.percent(one.share, 2),
            isNumber: true,
          },
          {
            id: 'since',
            header: t('since'),
            cell: (one) => format.day(one.first_seen_at),
            isNumber: true,
          },
          {
            id: 'until',
            header: t('until'),
            cell: (one) => format.day(one.last_seen_at),
            isNumber: true,
          },
        ]}
      />
    </Section>
  )
}

/** One column a week, as high as what arrived, its parts the types. */
function Weeks({ figures }: { figures: AttributeFigures }) {
  const t = useText()
  const format = useFormat()
  const { weeks } = figures
  const totals = weeks.map((week) => sum(Object.values(week.n_by_type)))
  const most = Math.max(...totals, 1)
  const width = 100 / weeks.length
  return (
    <div className={styles.weeks}>
      <svg viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label={t('types_chart')}>
        {weeks.flatMap((week, index) => {
          let below = 0
          return valueTypes
            .filter((type) => week.n_by_type[type])
            .map((type) => {
              const n = week.n_by_type[type] ?? 0
              const height = (n / most) * 40
              below += height
              return (
                <rect
                  key={`${week.week_on}/${type}`}
                  data-type={type}
                  x={index * width + width * 0.06}
                  y={40 - below}
                  width={width * 0.88}
                  height={height}
                >
                  <title>
                    {`${t('week')} ${format.day(week.week_on)}: ${t(`type_${type}`)} ${format.number(n)}`}
                  </title>
                </rect>
              )
            })
        })}
      </svg>
      <p aria-hidden>
        <span>{weeks[0] && format.day(weeks[0].week_on)}</span>
        <span>{format.day(weeks.at(-1)?.week_on ?? figures.last_seen_at)}</span>
      </p>
    </div>
  )
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
