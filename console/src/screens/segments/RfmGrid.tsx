import { useQuery } from '@tanstack/react-query'
import type { RfmGrid as Grid, RfmCell } from '@/api/generated'
import { getRfmGridOptions } from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState, Loaded, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import styles from './RfmGrid.module.css'
import { useText } from './texts'

const shades = 4

/** Buyers in five times five cells; the darker, the more people. */
export function RfmGrid() {
  const t = useText()
  const query = useQuery(getRfmGridOptions())
  return (
    <Section title={t('rfm')} note={t('rfm_note')}>
      <Loaded query={query} lines={6}>
        {(grid) =>
          grid.n_buyers === 0 ? (
            <EmptyState title={t('rfm_empty')}>{t('rfm_empty_how')}</EmptyState>
          ) : (
            <Cells grid={grid} />
          )
        }
      </Loaded>
    </Section>
  )
}

function Cells({ grid }: { grid: Grid }) {
  const t = useText()
  const most = Math.max(...grid.cells.map((cell) => cell.count), 1)
  const rows = [...grid.cells].sort((a, b) => b.value - a.value || a.recency - b.recency)
  return (
    <div className={styles.frame}>
      <p className={styles.upright} aria-hidden>
        {t('rfm_more')}
      </p>
      <ul className={styles.grid}>
        {rows.map((cell) => (
          <Cell key={`${cell.recency}-${cell.value}`} cell={cell} most={most} />
        ))}
      </ul>
      <div className={styles.level} aria-hidden>
        <span>{t('rfm_long_ago')}</span>
        <span>{t('rfm_recent')} →</span>
      </div>
    </div>
  )
}

function Cell({ cell, most }: { cell: RfmCell; most: number }) {
  const t = useText()
  const format = useFormat()
  const shade = cell.count === 0 ? 0 : Math.ceil((cell.count / most) * shades)
  const said = t('rfm_cell', { recency: cell.recency, value: cell.value, count: cell.count })
  return (
    <li data-shade={shade}>
      {cell.segment_id ? (
        <TextLink to="/segments/$segmentId" params={{ segmentId: cell.segment_id }}>
          <span aria-hidden>{format.number(cell.count)}</span>
          <span className={styles.said}>{said}</span>
        </TextLink>
      ) : (
        format.number(cell.count)
      )}
    </li>
  )
}
