import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { PlanVersion } from '@/api/generated'
import { listSeenEventsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { Combobox, EmptyState, Loaded, PageHeader, Section } from '@/design'
import { useFormat } from '@/language/format'
import { DataTabs } from '../DataTabs'
import { useText } from '../texts'
import { MakePlan } from './MakePlan'
import { ModeChoice } from './ModeChoice'
import { PlanHistory } from './PlanHistory'
import styles from './PlanScreen.module.css'
import { RuleTable } from './RuleTable'
import { useApplyPlan, usePlan } from './usePlan'

export default function PlanScreen() {
  const t = useText()
  const plan = usePlan()
  const found = plan.data
  return (
    <>
      <DataTabs />
      <PageHeader
        title={found ? titleOf(found, t) : t('tab_plan')}
        documentTitle={t('tab_plan')}
        reason={found && <Reason found={found} />}
        action={<MakePlan from={found} />}
      />
      <Loaded query={plan}>
        {(version) => (
          <>
            <Unknown version={version} />
            <Rules version={version} />
            {version.version > 0 && <PlanHistory current={version} />}
          </>
        )}
      </Loaded>
    </>
  )
}

function titleOf({ version, plan }: PlanVersion, t: ReturnType<typeof useText>): string {
  if (version === 0) return t('plan_title_none')
  return t('plan_title', { count: Object.keys(plan.events ?? {}).length })
}

function Reason({ found }: { found: PlanVersion }) {
  const t = useText()
  const format = useFormat()
  if (found.version === 0) return t('plan_reason_none')
  const { version, by, note } = found
  return t('plan_reason', { version, by, note, ago: format.ago(found.at) })
}

function Unknown({ version }: { version: PlanVersion }) {
  const t = useText()
  const apply = useApplyPlan(version)
  const mayWrite = useMay('write')
  return (
    <div className={styles.unknown}>
      <ModeChoice
        label={t('unknown_events')}
        value={version.plan.unknown_events ?? 'allow'}
        onChange={(mode) => apply.mutate({ plan: { ...version.plan, unknown_events: mode } })}
        isDisabled={!mayWrite || apply.isPending}
      />
    </div>
  )
}

function Rules({ version }: { version: PlanVersion }) {
  const t = useText()
  const hasRules = Boolean(version.plan.traits) || Object.keys(version.plan.events ?? {}).length > 0
  return (
    <Section title={t('rules')} aside={<AddRule version={version} />}>
      {hasRules ? (
        <RuleTable plan={version.plan} />
      ) : (
        <EmptyState title={t('no_rules')}>{t('no_rules_how')}</EmptyState>
      )}
    </Section>
  )
}

/** Leads to the empty rule of an event that has none. */
function AddRule({ version }: { version: PlanVersion }) {
  const t = useText()
  const navigate = useNavigate()
  const events = useQuery(listSeenEventsOptions())
  if (!useMay('write')) return null
  const names = (events.data ?? [])
    .map((one) => one.figures.name)
    .filter((name) => !version.plan.events?.[name])
  const traits = version.plan.traits ? [] : [{ value: '', label: t('traits_rule') }]
  return (
    <Combobox
      aria-label={t('add_rule')}
      placeholder={t('add_rule')}
      options={[...traits, ...names.map((name) => ({ value: name, label: name }))]}
      value={undefined}
      onChange={(event) => navigate({ to: '/data/rule', search: { event } as never })}
    />
  )
}
