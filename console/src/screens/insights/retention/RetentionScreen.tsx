import { useQuery } from '@tanstack/react-query'
import type { Retention } from '@/api/generated'
import { followCohortsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, PageHeader } from '@/design'
import { useFormat } from '@/language/format'
import { InsightTabs } from '../InsightTabs'
import { fewestCustomers, NotYet } from '../NotYet'
import { useText } from '../texts'
import { CohortGrid } from './CohortGrid'
import { furthest, lastKnown, shareAfter } from './cohorts'

export default function RetentionScreen() {
  const query = useQuery({
    ...followCohortsOptions({ query: { months: furthest + 1 } }),
    staleTime: 60_000,
  })
  return (
    <>
      <InsightTabs />
      <Loaded query={query} lines={10} isPage>
        {(retention) => <Told retention={retention} />}
      </Loaded>
    </>
  )
}

function Told({ retention }: { retention: Retention }) {
  const count = retention.cohorts.reduce((sum, one) => sum + one.n_people, 0)
  const isShown = count >= fewestCustomers
  return (
    <>
      <Head retention={retention} isShown={isShown} />
      {isShown ? <CohortGrid retention={retention} /> : <NotYet count={count} />}
    </>
  )
}

function Head({ retention, isShown }: { retention: Retention; isShown: boolean }) {
  const t = useText()
  const format = useFormat()
  const first = isShown ? shareAfter(retention, 1) : null
  if (first === null) return <PageHeader title={t('cohorts_title')} reason={t('cohorts_reason')} />
  const known = lastKnown(retention)
  const later = shareAfter(retention, known)
  const isLate = later !== null && known > 1
  return (
    <PageHeader
      documentTitle={t('cohorts_title')}
      title={t(isLate ? 'cohorts_finding' : 'cohorts_finding_first', {
        first: format.percent(first, 0),
        later: format.percent(later ?? 0, 0),
        count: known,
      })}
      reason={t('cohorts_reason')}
    />
  )
}
