import { Alert, Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import {
  type GuardPolicy,
  type GuardRule,
  type StoredGuardPolicy,
  setGuardPolicy,
} from '@/api/generated'
import {
  getGuardPolicyOptions,
  getGuardPolicyQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { Loaded, NumberField, Section, TagsField, toast, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import styles from './guard.module.css'
import { RuleLevels } from './RuleLevels'
import { useText } from './texts'

/** How much stricter than the law this shop is. */
export function PolicySection({ rules }: { rules: GuardRule[] }) {
  const t = useText()
  const format = useFormat()
  const policy = useQuery(getGuardPolicyOptions())
  const by = policy.data?.changed_at && {
    who: policy.data.changed_by,
    when: format.instant(policy.data.changed_at),
  }
  return (
    <Section title={t('policy')} note={by ? t('policy_by', by) : t('policy_law')}>
      <Loaded query={policy}>
        {(found) => <PolicyForm key={found.version} stored={found} rules={rules} />}
      </Loaded>
    </Section>
  )
}

const numbers = [
  { field: 'min_confidence', law: 0.6, least: 0.6, most: 1 },
  { field: 'min_group', law: 100, least: 100, most: 1_000_000, isWhole: true },
  { field: 'interest_days', law: 90, least: 0, most: 90, isWhole: true },
  { field: 'declared_days', law: 730, least: 0, most: 730, isWhole: true },
] as const

const times = [
  { field: 'quiet_from', law: '21:00' },
  { field: 'quiet_until', law: '08:00' },
] as const

function PolicyForm({ stored, rules }: { stored: StoredGuardPolicy; rules: GuardRule[] }) {
  const t = useText()
  const line = useErrorLine()
  const mayChange = useMay('admin')
  const queries = useQueryClient()
  const [draft, setDraft] = useState<GuardPolicy>(stored.policy)
  const change = useMutation({
    mutationFn: async () => (await setGuardPolicy({ body: draft, throwOnError: true })).data,
    onSuccess: (found) => {
      queries.setQueryData(getGuardPolicyQueryKey(), found)
      toast(t('saved'))
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  return (
    <form onSubmit={submit}>
      <fieldset className={styles.form} disabled={!mayChange}>
        <legend className={styles.legend}>{t('limits')}</legend>
        {times.map(({ field, law }) => (
          <TextInput
            key={field}
            type="time"
            label={t(field)}
            description={t('law', { law })}
            value={draft[field]}
            onChange={(event) => setDraft({ ...draft, [field]: event.currentTarget.value })}
          />
        ))}
        {numbers.map(({ field, law, least, most, ...more }) => (
          <NumberField
            key={field}
            label={t(field)}
            description={t('law', { law })}
            min={least}
            max={most}
            value={draft[field]}
            onChange={(value) => setDraft({ ...draft, [field]: value ?? law })}
            {...more}
          />
        ))}
        <div className={styles.whole}>
          <TagsField
            label={t('banned')}
            values={draft.banned ?? []}
            options={[]}
            onChange={(banned) => setDraft({ ...draft, banned })}
          />
        </div>
      </fieldset>
      <RuleLevels
        rules={rules}
        levels={draft.levels ?? {}}
        isFixed={!mayChange}
        onChange={(levels) => setDraft({ ...draft, levels })}
      />
      {change.error && (
        <Alert color="shu" role="alert">
          {line(change.error)}
        </Alert>
      )}
      {mayChange && (
        <Button type="submit" loading={change.isPending}>
          {t('save')}
        </Button>
      )}
    </form>
  )
}
