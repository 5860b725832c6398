import { useQuery } from '@tanstack/react-query'
import type { GuardRule } from '@/api/generated'
import {
  listGuardRulesOptions,
  reportGuardOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, PageHeader } from '@/design'
import { PolicySection } from './PolicySection'
import { ReportSection } from './ReportSection'
import { useText } from './texts'

const days = 30

/** What was kept from going out and why, and how strict the shop wants to be. */
export default function GuardScreen() {
  const t = useText()
  const report = useQuery(reportGuardOptions({ query: { days } }))
  const rules = useQuery(listGuardRulesOptions())
  const objected = report.data?.rules ?? []
  const stopped = objected.filter((one) => one.n_blocked + one.n_held > 0).length
  const warned = objected.reduce((sum, one) => sum + one.n_warned, 0)
  const answer = stopped
    ? t('lead_stopped', { count: stopped })
    : t(warned ? 'lead_warned' : 'lead_none', { count: warned })
  return (
    <>
      <PageHeader
        title={report.isSuccess ? answer : t('title')}
        documentTitle={t('title')}
        reason={t('reason', { days })}
      />
      <Loaded query={rules} lines={8}>
        {(found) => {
          const byId = new Map(found.map((one) => [one.id, one]))
          return (
            <>
              <Loaded query={report}>
                {(told) => <ReportSection report={told} rules={byId} />}
              </Loaded>
              <PolicySection rules={found.filter(isSettable)} />
            </>
          )
        }}
      </Loaded>
    </>
  )
}

/** A rule that only exempts others has no answer to make stricter; a ban is always a block. */
function isSettable(rule: GuardRule): boolean {
  return rule.levels.length > 0 && rule.id.startsWith('R')
}
