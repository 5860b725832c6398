import { useQuery } from '@tanstack/react-query'
import type { RfmMap } from '@/api/generated'
import { mapBuyersOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, PageHeader } from '@/design'
import { useFormat } from '@/language/format'
import { InsightTabs } from '../InsightTabs'
import { fewestCustomers, NotYet } from '../NotYet'
import { useText } from '../texts'
import { BuyerMap } from './BuyerMap'
import { daysOf, findBest, ordersOf } from './map'
import { useCellWords } from './useCellWords'

export default function RfmScreen() {
  const query = useQuery({ ...mapBuyersOptions(), staleTime: 60_000 })
  return (
    <>
      <InsightTabs />
      <Loaded query={query} lines={10} isPage>
        {(map) => <Told map={map} />}
      </Loaded>
    </>
  )
}

function Told({ map }: { map: RfmMap }) {
  const isShown = map.n_people >= fewestCustomers
  return (
    <>
      <Head map={map} isShown={isShown} />
      {isShown ? <BuyerMap map={map} /> : <NotYet count={map.n_people} />}
    </>
  )
}

function Head({ map, isShown }: { map: RfmMap; isShown: boolean }) {
  const t = useText()
  const format = useFormat()
  const words = useCellWords()
  const found = isShown ? findBest(map) : null
  if (!found) return <PageHeader title={t('rfm_title')} reason={t('rfm_reason')} />
  const { cell, silent } = found
  return (
    <PageHeader
      documentTitle={t('rfm_title')}
      title={t('rfm_finding', {
        people: format.number(cell.n_people),
        share: format.percent(found.peopleShare, 0),
        value: format.percent(found.valueShare, 0),
        orders: words.orders(ordersOf(map, cell.frequency)),
        days: words.days(daysOf(map, cell.recency)),
      })}
      reason={
        silent.people > 0 &&
        t('rfm_silent', {
          count: silent.people,
          value: format.percent(silent.valueShare, 0),
          days: daysOf(map, 2).from ?? 0,
        })
      }
    />
  )
}
