import type { AffinityPair, BasketAffinities } from '@/api/generated'
import { useFormat } from '@/language/format'
import { useText } from '../texts'
import styles from './PairList.module.css'
import { directed, placeOf, rounded, useThingName } from './things'

const shown = 14

interface Props {
  told: BasketAffinities
  chosen?: AffinityPair
  onChoose: (pair: AffinityPair) => void
}

/** The surest pairs: a dot for how much more often than by chance, a line for how sure that is. */
export function PairList({ told, chosen, onChoose }: Props) {
  const t = useText()
  const pairs = told.affinities.pairs.slice(0, shown)
  const most = Math.max(...pairs.map((pair) => pair.high))
  return (
    <>
      <ul className={styles.pairs}>
        {pairs.map((pair) => (
          <li key={`${pair.left} ${pair.right}`}>
            <Pair
              told={told}
              pair={pair}
              most={most}
              isChosen={pair === chosen}
              onChoose={onChoose}
            />
          </li>
        ))}
      </ul>
      <p className={styles.note}>{t('pairs_note')}</p>
    </>
  )
}

interface PairProps {
  told: BasketAffinities
  pair: AffinityPair
  most: number
  isChosen: boolean
  onChoose: (pair: AffinityPair) => void
}

function Pair({ told, pair, most, isChosen, onChoose }: PairProps) {
  const t = useText()
  const format = useFormat()
  const name = useThingName(told)
  const { from, to, share } = directed(pair)
  const at = (lift: number) => placeOf(lift, most) * 100
  return (
    <button
      type="button"
      className={styles.pair}
      aria-pressed={isChosen}
      onClick={() => onChoose(pair)}
    >
      <span className={styles.names}>
        <span>{name(from)}</span>
        <span>{name(to)}</span>
      </span>
      <svg aria-hidden viewBox="0 0 100 16" preserveAspectRatio="none">
        <line className={styles.track} x1="0" x2="100" y1="8" y2="8" />
        <line className={styles.range} x1={at(pair.low)} x2={at(pair.high)} y1="8" y2="8" />
        <line className={styles.point} x1={at(pair.lift)} x2={at(pair.lift)} y1="1" y2="15" />
      </svg>
      <span className={styles.said}>
        <strong>{t('times', { lift: format.number(rounded(pair.lift)) })}</strong>
        <small>{t('of_hundred', { share: Math.round(share * 100) })}</small>
      </span>
    </button>
  )
}
