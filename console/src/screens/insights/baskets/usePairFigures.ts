import type { AffinityPair, BasketAffinities } from '@/api/generated'
import { useFormat } from '@/language/format'
import type { Figures } from '../Picture'
import { useText } from '../texts'
import { useThingName } from './things'

/** The pairs as a table. */
export function usePairFigures(told: BasketAffinities): Figures<AffinityPair> {
  const t = useText()
  const format = useFormat()
  const name = useThingName(told)
  const lift = (id: 'lift' | 'low' | 'high', header: string) => ({
    id,
    header,
    isNumber: true,
    cell: (pair: AffinityPair) => format.number(Math.round(pair[id] * 100) / 100),
    plain: (pair: AffinityPair) => pair[id],
  })
  return {
    rows: told.affinities.pairs,
    rowKey: (pair) => `${pair.left} ${pair.right}`,
    columns: [
      {
        id: 'left',
        header: t('one'),
        cell: (pair) => name(pair.left),
        plain: (pair) => name(pair.left),
      },
      {
        id: 'right',
        header: t('other'),
        cell: (pair) => name(pair.right),
        plain: (pair) => name(pair.right),
      },
      {
        id: 'orders',
        header: t('orders_both'),
        isNumber: true,
        cell: (pair) => format.number(pair.n_orders),
        plain: (pair) => pair.n_orders,
      },
      lift('lift', t('lift')),
      lift('low', t('at_least')),
      lift('high', t('at_most')),
    ],
  }
}
