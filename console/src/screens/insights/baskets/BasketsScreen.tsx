import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { AffinityPair, BasketAffinities } from '@/api/generated'
import { compareBasketsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState, Loaded, PageHeader, Section } from '@/design'
import { useFormat } from '@/language/format'
import { Choice } from '../Choice'
import { InsightTabs } from '../InsightTabs'
import { Picture } from '../Picture'
import { useText } from '../texts'
import { Matrix } from './Matrix'
import { PairDetail } from './PairDetail'
import { PairList } from './PairList'
import { type Basket, directed, rounded, useThingName } from './things'
import { usePairFigures } from './usePairFigures'

export default function BasketsScreen() {
  const { of = 'product' }: { of?: Basket } = useSearch({ strict: false })
  const query = useQuery({
    ...compareBasketsOptions({ query: { of } }),
    staleTime: 300_000,
    placeholderData: keepPreviousData,
  })
  return (
    <>
      <InsightTabs />
      <Loaded query={query} lines={10} isPage>
        {(told) => <Told key={told.affinities.of} told={told} />}
      </Loaded>
    </>
  )
}

function Told({ told }: { told: BasketAffinities }) {
  const t = useText()
  const { affinities } = told
  const isShown = affinities.pairs.length > 0
  return (
    <>
      <Head told={told} />
      {isShown ? (
        <Pictures told={told} />
      ) : (
        <Section title={t('picture')} isTitleHidden>
          <EmptyState title={t('baskets_none')} action={<OfChoice of={affinities.of} />}>
            {t('baskets_none_how', {
              fewest: affinities.fewest_orders,
              count: affinities.n_orders,
            })}
          </EmptyState>
        </Section>
      )}
    </>
  )
}

function Head({ told }: { told: BasketAffinities }) {
  const t = useText()
  const format = useFormat()
  const name = useThingName(told)
  const { affinities } = told
  const [pair] = affinities.pairs
  if (!pair) return <PageHeader title={t('baskets_title')} reason={t('baskets_reason')} />
  const { from, to, share } = directed(pair)
  return (
    <PageHeader
      documentTitle={t('baskets_title')}
      title={t('baskets_finding', {
        from: name(from),
        to: name(to),
        share: Math.round(share * 100),
        lift: format.number(rounded(pair.lift)),
      })}
      reason={t('baskets_basis', {
        count: affinities.n_orders,
        days: affinities.days,
        fewest: affinities.fewest_orders,
        pairs: format.number(affinities.n_compared),
      })}
    />
  )
}

function OfChoice({ of }: { of: Basket }) {
  const t = useText()
  const navigate = useNavigate()
  return (
    <Choice
      label={t('baskets_of')}
      value={of}
      options={[
        ['product', t('products')],
        ['category', t('categories')],
      ]}
      onChange={(next) => void navigate({ to: '/insights/baskets', search: { of: next } })}
    />
  )
}

function Pictures({ told }: { told: BasketAffinities }) {
  const t = useText()
  const [chosen, setChosen] = useState<AffinityPair>()
  const isMatrix = told.affinities.of === 'category' && told.affinities.items.length > 2
  const figures = usePairFigures(told)
  const Drawn = isMatrix ? Matrix : PairList
  return (
    <>
      <Picture
        title={t(isMatrix ? 'matrix_picture' : 'pairs_picture')}
        figures={figures}
        file={`baskets-${told.affinities.of}`}
        choices={<OfChoice of={told.affinities.of} />}
      >
        <Drawn told={told} chosen={chosen} onChoose={setChosen} />
      </Picture>
      {chosen && <PairDetail told={told} pair={chosen} />}
    </>
  )
}
