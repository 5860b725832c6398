import { useQuery } from '@tanstack/react-query'
import { listViolationsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState, Loaded, PageHeader } from '@/design'
import { DataTabs } from '../DataTabs'
import { useText } from '../texts'
import { ViolationTable } from './ViolationTable'

export default function ViolationsScreen() {
  const t = useText()
  const violations = useQuery(listViolationsOptions({ query: { days: 30 } }))
  const count = violations.data?.reduce((n, one) => n + one.n, 0)
  const title = count ? t('violations_title', { count }) : t('violations_title_none')
  return (
    <>
      <DataTabs />
      <PageHeader
        title={count === undefined ? t('tab_violations') : title}
        documentTitle={t('tab_violations')}
        reason={t('violations_reason')}
      />
      <Loaded query={violations}>
        {(groups) =>
          groups.length ? (
            <ViolationTable groups={groups} />
          ) : (
            <EmptyState>{t('violations_none_how')}</EmptyState>
          )
        }
      </Loaded>
    </>
  )
}
