import { useQuery } from '@tanstack/react-query'
import type { PlanRule, PlanVersion } from '@/api/generated'
import { inferPlanFromDataOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, PageHeader } from '@/design'
import { useParameter } from '../choices'
import { useText } from '../texts'
import { RuleEditor } from './RuleEditor'
import { usePlan } from './usePlan'

export default function RuleScreen() {
  const t = useText()
  const event = useParameter('event')
  const plan = usePlan()
  return (
    <>
      <PageHeader
        title={event ? t('rule_title', { name: event }) : t('rule_title_traits')}
        documentTitle={event || t('traits_rule')}
        reason={t('rule_reason')}
        back={{ to: '/data/plan', label: t('tab_plan') }}
      />
      <Loaded query={plan}>
        {(version) => <Rule key={`${event}/${version.version}`} version={version} event={event} />}
      </Loaded>
    </>
  )
}

function Rule({ version, event }: { version: PlanVersion; event: string }) {
  const rule = event ? version.plan.events?.[event] : version.plan.traits
  return rule ? (
    <RuleEditor version={version} event={event} rule={rule} isNew={false} />
  ) : (
    <NewRule version={version} event={event} />
  )
}

/** A new rule begins with what was seen of the event. */
function NewRule({ version, event }: { version: PlanVersion; event: string }) {
  const inferred = useQuery(inferPlanFromDataOptions())
  return (
    <Loaded query={inferred}>
      {(plan) => {
        const rule: PlanRule = (event ? plan.events?.[event] : plan.traits) ?? {}
        return <RuleEditor version={version} event={event} rule={rule} isNew />
      }}
    </Loaded>
  )
}
