import { useState } from 'react'
import type { RfmMap, RfmMapCell } from '@/api/generated'
import { useShop } from '@/app/session'
import { useFormat } from '@/language/format'
import { Choice } from '../Choice'
import { Detail } from '../Detail'
import heat from '../heat.module.css'
import { toMajor } from '../major'
import { type Figures, Picture } from '../Picture'
import { shadeOf } from '../shade'
import { useText } from '../texts'
import styles from './BuyerMap.module.css'
import { cellAt, daysOf, ordersOf, parts } from './map'
import { useCellWords } from './useCellWords'

type Measure = 'people' | 'value'

/** Five times five cells: to the right bought lately, upwards bought often; the darker, the more. */
export function BuyerMap({ map }: { map: RfmMap }) {
  const t = useText()
  const [measure, setMeasure] = useState<Measure>('value')
  const [chosen, setChosen] = useState<RfmMapCell>()
  const figures = useFigures(map)
  return (
    <>
      <Picture
        title={t('rfm_picture', { count: map.n_people })}
        figures={figures}
        file="rfm-map"
        choices={
          <Choice
            label={t('rfm_colour')}
            value={measure}
            options={[
              ['value', t('by_value')],
              ['people', t('by_people')],
            ]}
            onChange={setMeasure}
          />
        }
      >
        <Grid map={map} measure={measure} chosen={chosen} onChoose={setChosen} />
      </Picture>
      {chosen && <CellDetail map={map} cell={chosen} />}
    </>
  )
}

interface GridProps {
  map: RfmMap
  measure: Measure
  chosen?: RfmMapCell
  onChoose: (cell: RfmMapCell) => void
}

function Grid({ map, measure, chosen, onChoose }: GridProps) {
  const t = useText()
  const words = useCellWords()
  const of = (cell: RfmMapCell) => (measure === 'people' ? cell.n_people : cell.value_minor)
  const most = Math.max(...map.cells.map(of))
  return (
    <div className={styles.map}>
      <p className={styles.upward} aria-hidden>
        {t('rfm_often')}
      </p>
      {[...parts].reverse().map((frequency) => (
        <div key={frequency} className={styles.row}>
          <span className={styles.label} aria-hidden>
            {words.orders(ordersOf(map, frequency))}
          </span>
          {parts.map((recency) => {
            const cell = cellAt(map, recency, frequency)
            if (!cell) return null
            const isChosen = chosen?.recency === recency && chosen.frequency === frequency
            return (
              <Cell
                key={recency}
                map={map}
                cell={cell}
                shade={shadeOf(of(cell), most)}
                isChosen={isChosen}
                onChoose={onChoose}
              />
            )
          })}
        </div>
      ))}
      <div className={styles.row} aria-hidden>
        <span />
        {parts.map((recency) => (
          <span key={recency} className={styles.below}>
            {words.days(daysOf(map, recency))}
          </span>
        ))}
      </div>
      <p className={styles.onward} aria-hidden>
        {t('rfm_lately')} →
      </p>
    </div>
  )
}

interface CellProps {
  map: RfmMap
  cell: RfmMapCell
  shade: number
  isChosen: boolean
  onChoose: (cell: RfmMapCell) => void
}

function Cell({ map, cell, shade, isChosen, onChoose }: CellProps) {
  const t = useText()
  const format = useFormat()
  const words = useCellWords()
  const share = format.percent(cell.value_minor / (map.value_minor || 1), 0)
  return (
    <button
      type="button"
      className={`${heat.cell} ${styles.cell}`}
      data-shade={shade}
      aria-pressed={isChosen}
      onClick={() => onChoose(cell)}
    >
      <strong aria-hidden>{format.number(cell.n_people)}</strong>
      <small aria-hidden>{share}</small>
      <span className={heat.said}>
        {t('rfm_cell', {
          orders: words.orders(ordersOf(map, cell.frequency)),
          days: words.days(daysOf(map, cell.recency)),
          people: format.number(cell.n_people),
          share,
        })}
      </span>
    </button>
  )
}

function CellDetail({ map, cell }: { map: RfmMap; cell: RfmMapCell }) {
  const t = useText()
  const format = useFormat()
  const words = useCellWords()
  const { currency } = useShop()
  const name = t('rfm_name', {
    orders: words.orders(ordersOf(map, cell.frequency)),
    days: words.days(daysOf(map, cell.recency)),
  })
  const each = cell.n_people > 0 ? cell.value_minor / cell.n_people : 0
  return (
    <Detail
      title={name}
      facts={[
        [t('people'), format.number(cell.n_people)],
        [t('share_people'), format.percent(cell.n_people / (map.n_people || 1))],
        [t('value'), format.money(cell.value_minor, currency)],
        [t('share_value'), format.percent(cell.value_minor / (map.value_minor || 1))],
        [t('value_each'), format.money(Math.round(each), currency)],
      ]}
      audiences={[
        {
          label: t('make_segment', { count: cell.n_people }),
          name,
          condition: cell.condition,
        },
      ]}
    />
  )
}

function useFigures(map: RfmMap): Figures<RfmMapCell> {
  const t = useText()
  const format = useFormat()
  const words = useCellWords()
  const { currency } = useShop()
  const orders = (one: RfmMapCell) => words.orders(ordersOf(map, one.frequency))
  const days = (one: RfmMapCell) => words.days(daysOf(map, one.recency))
  return {
    rows: map.cells,
    rowKey: (one) => `${one.recency}-${one.frequency}`,
    columns: [
      { id: 'orders', header: t('orders'), cell: orders, plain: orders },
      { id: 'days', header: t('last_order'), cell: days, plain: days },
      {
        id: 'people',
        header: t('people'),
        isNumber: true,
        cell: (one) => format.number(one.n_people),
        plain: (one) => one.n_people,
      },
      {
        id: 'value',
        header: t('value'),
        isNumber: true,
        cell: (one) => format.money(one.value_minor, currency),
        plain: (one) => toMajor(one.value_minor, currency),
      },
      {
        id: 'share',
        header: t('share_value'),
        isNumber: true,
        cell: (one) => format.percent(one.value_minor / (map.value_minor || 1)),
        plain: (one) => one.value_minor / (map.value_minor || 1),
      },
    ],
  }
}
