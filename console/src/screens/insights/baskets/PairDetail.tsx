import type { AffinityPair, BasketAffinities } from '@/api/generated'
import { useFormat } from '@/language/format'
import { Detail } from '../Detail'
import { useText } from '../texts'
import { directed, rounded, useThingName, withoutOther } from './things'

interface Props {
  told: BasketAffinities
  pair: AffinityPair
}

/** One pair in figures, and segments of who has one and lacks the other. */
export function PairDetail({ told, pair }: Props) {
  const t = useText()
  const format = useFormat()
  const name = useThingName(told)
  const { of } = told.affinities
  const { from, to, share } = directed(pair)
  const audience = (has: string, lacks: string) => ({
    label: t('make_without', { has: name(has), lacks: name(lacks) }),
    name: t('without_name', { has: name(has), lacks: name(lacks) }),
    condition: withoutOther(of, has, lacks),
  })
  return (
    <Detail
      title={t('pair_title', { from: name(from), to: name(to) })}
      facts={[
        [t('orders_both'), format.number(pair.n_orders)],
        [t('share_with', { name: name(from) }), format.percent(share)],
        [
          t('share_with', { name: name(to) }),
          format.percent(from === pair.left ? pair.right_share : pair.left_share),
        ],
        [
          t('than_chance'),
          t('times_between', {
            lift: format.number(rounded(pair.lift)),
            low: format.number(rounded(pair.low)),
            high: format.number(rounded(pair.high)),
          }),
        ],
      ]}
      audiences={[audience(from, to), audience(to, from)]}
    />
  )
}
