import { Button, Group, SegmentedControl, Stack, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type PlanRule, type PlanVersion, tryPlan } from '@/api/generated'
import { useMay } from '@/app/session'
import { Confirm, ErrorState } from '@/design'
import { useText } from '../texts'
import { ModeChoice } from './ModeChoice'
import { PropertyFields } from './PropertyFields'
import styles from './RuleEditor.module.css'
import { type RuleDraft, readRule, writeRule } from './ruleForm'
import { SchemaField } from './SchemaField'
import { TrialLine } from './TrialLine'
import { useApplyPlan, withRule } from './usePlan'

interface Props {
  version: PlanVersion
  event: string
  rule: PlanRule
  isNew: boolean
}

export function RuleEditor({ version, event, rule, isNew }: Props) {
  const t = useText()
  const navigate = useNavigate()
  const mayWrite = useMay('write')
  const [draft, setDraft] = useState<RuleDraft>(() => readRule(rule))
  const [view, setView] = useState<'form' | 'json'>('form')
  const [isBadJson, setIsBadJson] = useState(false)
  const set = (change: Partial<RuleDraft>) => setDraft({ ...draft, ...change })
  const plan = () => withRule(version.plan, event, writeRule(draft))
  const attempt = useMutation({
    mutationFn: async () => (await tryPlan({ body: { plan: plan() }, throwOnError: true })).data,
  })
  const apply = useApplyPlan(version, () => navigate({ to: '/data/plan' }))
  return (
    <Stack gap="xl">
      <div className={styles.modes}>
        <ModeChoice
          label={t('rule_mode')}
          value={draft.mode}
          onChange={(mode) => set({ mode })}
          isDisabled={!mayWrite}
        />
        <ModeChoice
          label={t('rule_unknown')}
          value={draft.unknown}
          onChange={(unknown) => set({ unknown })}
          isDisabled={!mayWrite}
        />
      </div>
      <Textarea
        label={t('description_label')}
        value={draft.description}
        onChange={(change) => set({ description: change.currentTarget.value })}
        autosize
        disabled={!mayWrite}
      />
      <SegmentedControl
        aria-label={t('rule_of')}
        value={view}
        onChange={(value) => setView(value === 'json' ? 'json' : 'form')}
        data={[
          { value: 'form', label: t('rule_form') },
          { value: 'json', label: t('rule_json') },
        ]}
        className={styles.views}
        disabled={isBadJson}
      />
      {view === 'form' ? (
        <PropertyFields
          properties={draft.properties}
          onChange={(properties) => set({ properties })}
          isDisabled={!mayWrite}
        />
      ) : (
        <SchemaField
          rule={writeRule(draft)}
          onChange={(schema) => setDraft(readRule({ ...writeRule(draft), schema }))}
          onBad={setIsBadJson}
          isDisabled={!mayWrite}
        />
      )}
      {attempt.data && <TrialLine trial={attempt.data} />}
      {(apply.error || attempt.error) && <ErrorState error={apply.error ?? attempt.error} />}
      {mayWrite && (
        <Group>
          <Button
            loading={apply.isPending}
            disabled={isBadJson}
            onClick={() => apply.mutate({ plan: plan() })}
          >
            {t('apply_rule')}
          </Button>
          <Button
            variant="default"
            loading={attempt.isPending}
            disabled={isBadJson}
            onClick={() => attempt.mutate()}
          >
            {t('try_rule')}
          </Button>
          {!isNew && <RemoveRule version={version} event={event} />}
        </Group>
      )}
    </Stack>
  )
}

function RemoveRule({ version, event }: { version: PlanVersion; event: string }) {
  const t = useText()
  const navigate = useNavigate()
  const [isAsking, setIsAsking] = useState(false)
  const apply = useApplyPlan(version, () => navigate({ to: '/data/plan' }))
  return (
    <>
      <Button variant="subtle" onClick={() => setIsAsking(true)}>
        {t('remove_rule')}
      </Button>
      <Confirm
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={() => apply.mutate({ plan: withRule(version.plan, event, undefined) })}
        title={t('remove_rule_title', { name: event || t('traits_rule') })}
        confirmLabel={t('remove_rule')}
        isBusy={apply.isPending}
      >
        {t('remove_rule_text')}
      </Confirm>
    </>
  )
}
