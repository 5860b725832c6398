import { useQuery } from '@tanstack/react-query'
import type { Growth, Month } from '@/api/generated'
import { divideRevenueOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useShop } from '@/app/session'
import { Loaded, PageHeader } from '@/design'
import { useFormat } from '@/language/format'
import { InsightTabs } from '../InsightTabs'
import { toMajor } from '../major'
import { fewestCustomers, NotYet } from '../NotYet'
import { type Figures, Picture } from '../Picture'
import { useText } from '../texts'
import { useMonth } from '../useMonth'
import { Columns } from './Columns'
import { returningShare } from './months'

export default function GrowthScreen() {
  const query = useQuery({ ...divideRevenueOptions(), staleTime: 60_000 })
  return (
    <>
      <InsightTabs />
      <Loaded query={query} lines={10} isPage>
        {(growth) => <Told growth={growth} />}
      </Loaded>
    </>
  )
}

function Told({ growth }: { growth: Growth }) {
  const t = useText()
  const count = growth.months.reduce((sum, one) => sum + one.n_new, 0)
  const isShown = count >= fewestCustomers
  const figures = useFigures(growth)
  return (
    <>
      <Head growth={growth} isShown={isShown} />
      {isShown ? (
        <Picture title={t('revenue_picture')} figures={figures} file="revenue">
          <Columns months={growth.months} />
        </Picture>
      ) : (
        <NotYet count={count} />
      )}
    </>
  )
}

function Head({ growth, isShown }: { growth: Growth; isShown: boolean }) {
  const t = useText()
  const month = useMonth()
  // The month under way is not over, and in the first one everybody was new.
  const full = growth.months.slice(1, -1)
  const lately = full.slice(-3)
  const share = returningShare(lately)
  const [from, to] = [lately[0], lately.at(-1)]
  if (!isShown || share === null || !from || !to) {
    return <PageHeader title={t('revenue_title')} reason={t('revenue_reason')} />
  }
  return (
    <PageHeader
      documentTitle={t('revenue_title')}
      title={t('revenue_finding', {
        share: Math.round(share * 100),
        from: month.long(from.month),
        to: month.long(to.month),
      })}
      reason={t('revenue_reason')}
    />
  )
}

function useFigures({ months }: Growth): Figures<Month> {
  const t = useText()
  const format = useFormat()
  const month = useMonth()
  const { currency } = useShop()
  const count = (id: 'n_new' | 'n_returning', header: string) => ({
    id,
    header,
    isNumber: true,
    cell: (one: Month) => format.number(one[id]),
    plain: (one: Month) => one[id],
  })
  const value = (id: 'new_value_minor' | 'returning_value_minor', header: string) => ({
    id,
    header,
    isNumber: true,
    cell: (one: Month) => format.money(one[id], currency),
    plain: (one: Month) => toMajor(one[id], currency),
  })
  return {
    rows: months,
    rowKey: (one) => one.month,
    columns: [
      {
        id: 'month',
        header: t('month'),
        cell: (one) => month.long(one.month),
        plain: (one) => one.month.slice(0, 7),
      },
      count('n_new', t('new_people')),
      value('new_value_minor', t('new_value')),
      count('n_returning', t('returning_people')),
      value('returning_value_minor', t('returning_value')),
    ],
  }
}
