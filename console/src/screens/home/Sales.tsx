import { useQuery } from '@tanstack/react-query'
import type { Growth, Month } from '@/api/generated'
import { divideRevenueOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useShop } from '@/app/session'
import { Distribution, Figure, Figures, Loaded, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { useMonth } from '../insights/useMonth'
import styles from './Sales.module.css'
import { useText } from './texts'

const monthsShown = 13

/** What the shop sold: the last whole month against the one before, and a year of months. */
export function Sales() {
  const t = useText()
  const query = useQuery({
    ...divideRevenueOptions({ query: { months: monthsShown } }),
    staleTime: 60_000,
  })
  if (query.data?.months.every((one) => revenueOf(one) === 0)) return null
  return (
    <Section
      title={t('sales')}
      aside={<TextLink to="/insights/revenue">{t('sales_more')}</TextLink>}
    >
      <div className={styles.sales}>
        <Loaded query={query} lines={6}>
          {(growth) => <Told growth={growth} />}
        </Loaded>
      </div>
    </Section>
  )
}

function Told({ growth: { months } }: { growth: Growth }) {
  const t = useText()
  const format = useFormat()
  const month = useMonth()
  const { currency } = useShop()
  const running = months.at(-1)
  return (
    <>
      <Lately months={months} />
      <Distribution
        title={t('sales_months')}
        headers={[t('month'), t('revenue')]}
        points={months.map((one) => ({
          label: month.short(one.month),
          value: revenueOf(one),
          text: format.money(revenueOf(one), currency),
          isMuted: one === running,
        }))}
      />
    </>
  )
}

function Lately({ months }: { months: Month[] }) {
  const t = useText()
  const format = useFormat()
  const month = useMonth()
  const { currency } = useShop()
  const [before, last, running] = months.slice(-3)
  if (!last || !running) return null
  const change =
    before && revenueOf(before) > 0 ? revenueOf(last) / revenueOf(before) - 1 : undefined
  const buyers = last.n_new + last.n_returning
  return (
    <Figures>
      <Figure
        label={t('revenue_in', { month: month.long(last.month) })}
        value={format.wholeMoney(revenueOf(last), currency)}
        note={
          change !== undefined &&
          before &&
          t('revenue_change', { change: format.change(change), month: month.long(before.month) })
        }
      />
      <Figure
        label={t('revenue_running', { month: month.long(running.month) })}
        value={format.wholeMoney(revenueOf(running), currency)}
      />
      <Figure
        label={t('buyers')}
        value={format.number(buyers)}
        note={
          buyers > 0 &&
          t('buyers_returning', { share: format.percent(last.n_returning / buyers, 0) })
        }
      />
    </Figures>
  )
}

function revenueOf(month: Month): number {
  return month.new_value_minor + month.returning_value_minor
}
