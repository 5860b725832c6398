import { Button, Switch } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type ApprovalPolicy, setApprovalPolicy } from '@/api/generated'
import { getApprovalPolicyOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { Loaded, NumberField, Section, toast, toastFailure, useErrorLine } from '@/design'
import styles from './Approvals.module.css'
import { useText } from './texts'

const usualLimit = 1_000
const usualHours = 24
const switches = [
  { field: 'on_guard', label: 'policy_guard', note: 'policy_guard_note' },
  { field: 'on_unchecked', label: 'policy_unchecked', note: 'policy_unchecked_note' },
] as const

/** When a second member has to approve a send. */
export function ApprovalPolicySection() {
  const t = useText()
  const policy = useQuery(getApprovalPolicyOptions())
  return (
    <Section title={t('policy')} note={t('policy_note')}>
      <Loaded query={policy}>{(found) => <PolicyForm policy={found} />}</Loaded>
    </Section>
  )
}

function PolicyForm({ policy }: { policy: ApprovalPolicy }) {
  const t = useText()
  const line = useErrorLine()
  const queries = useQueryClient()
  const isAdmin = useMay('admin')
  const [draft, setDraft] = useState(policy)
  const change = useMutation({
    mutationFn: () => setApprovalPolicy({ body: draft, throwOnError: true }),
    onSuccess: () => toast(t('saved')),
    onError: (error) => toastFailure(line(error)),
    onSettled: () => queries.invalidateQueries(),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  const hasLimit = draft.over_people != null
  return (
    <form className={styles.policy} onSubmit={submit}>
      <Switch
        label={t('policy_large')}
        description={t('policy_large_note')}
        checked={hasLimit}
        disabled={!isAdmin}
        onChange={(event) =>
          setDraft({ ...draft, over_people: event.currentTarget.checked ? usualLimit : null })
        }
      />
      {hasLimit && (
        <NumberField
          label={t('policy_over')}
          min={0}
          max={1e12}
          isWhole
          value={draft.over_people ?? undefined}
          onChange={(value) => setDraft({ ...draft, over_people: value ?? usualLimit })}
        />
      )}
      {switches.map(({ field, label, note }) => (
        <Switch
          key={field}
          label={t(label)}
          description={t(note)}
          checked={draft[field] ?? false}
          disabled={!isAdmin}
          onChange={(event) => setDraft({ ...draft, [field]: event.currentTarget.checked })}
        />
      ))}
      <NumberField
        label={t('policy_hours')}
        min={1}
        max={168}
        isWhole
        value={draft.valid_hours}
        onChange={(value) => setDraft({ ...draft, valid_hours: value ?? usualHours })}
      />
      {isAdmin && (
        <Button type="submit" variant="default" loading={change.isPending}>
          {t('save')}
        </Button>
      )}
    </form>
  )
}
