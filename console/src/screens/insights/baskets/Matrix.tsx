import type { AffinityPair, BasketAffinities } from '@/api/generated'
import { useFormat } from '@/language/format'
import heat from '../heat.module.css'
import { shadeBetween } from '../shade'
import { useText } from '../texts'
import styles from './Matrix.module.css'
import { rounded, useThingName } from './things'

interface Props {
  told: BasketAffinities
  chosen?: AffinityPair
  onChoose: (pair: AffinityPair) => void
}

/** Everything against everything else that is bought most; the darker, the more together. */
export function Matrix({ told, chosen, onChoose }: Props) {
  const t = useText()
  const name = useThingName(told)
  const { items, among } = told.affinities
  const find = (one: string, other: string) =>
    among.find(
      ({ left, right }) => (left === one && right === other) || (left === other && right === one),
    )
  const most = Math.max(...among.map((pair) => pair.lift), 1.01)
  return (
    <>
      <div className={styles.matrix} data-items={items.length}>
        {items.map((row, place) => (
          <div key={row.id} className={styles.row} data-minor={place >= 8}>
            <span className={styles.name} aria-hidden>
              {name(row.id)}
            </span>
            {items.slice(0, place).map((column) => {
              const pair = find(row.id, column.id)
              return pair ? (
                <Cell
                  key={column.id}
                  pair={pair}
                  names={[name(row.id), name(column.id)]}
                  most={most}
                  isChosen={pair === chosen}
                  onChoose={onChoose}
                />
              ) : (
                <span key={column.id} className={`${heat.cell} ${styles.cell}`} aria-hidden>
                  –
                </span>
              )
            })}
            <span className={styles.edge} aria-hidden>
              {name(row.id)}
            </span>
          </div>
        ))}
      </div>
      <p className={styles.note}>{t('matrix_note')}</p>
    </>
  )
}

interface CellProps {
  pair: AffinityPair
  names: [string, string]
  most: number
  isChosen: boolean
  onChoose: (pair: AffinityPair) => void
}

function Cell({ pair, names: [row, column], most, isChosen, onChoose }: CellProps) {
  const t = useText()
  const format = useFormat()
  const lift = format.number(rounded(pair.lift))
  const shade = pair.lift > 1 ? shadeBetween(pair.lift, [1, most]) : 0
  return (
    <button
      type="button"
      className={`${heat.cell} ${styles.cell}`}
      data-shade={shade}
      aria-pressed={isChosen}
      onClick={() => onChoose(pair)}
    >
      <span aria-hidden>{lift}</span>
      <span className={heat.said}>{t('matrix_cell', { row, column, lift })}</span>
    </button>
  )
}
