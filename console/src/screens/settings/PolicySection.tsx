import { Alert, Button, Switch } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { changePolicy, type GetPolicyResponse } from '@/api/generated'
import { getPolicyOptions, getPolicyQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, NumberField, Section, toast, useErrorLine } from '@/design'
import styles from './SettingsPage.module.css'
import { useText } from './texts'

/** How strict this installation is with everybody. */
export function PolicySection() {
  const t = useText()
  const policy = useQuery(getPolicyOptions())
  return (
    <Section title={t('policy')} note={t('policy_note')}>
      <Loaded query={policy}>{(found) => <PolicyForm policy={found} />}</Loaded>
    </Section>
  )
}

const times = [
  { field: 'idle_minutes', least: 5, most: 1440 },
  { field: 'admin_idle_minutes', least: 5, most: 1440 },
  { field: 'longest_hours', least: 1, most: 720 },
] as const

function PolicyForm({ policy }: { policy: GetPolicyResponse }) {
  const t = useText()
  const line = useErrorLine()
  const queries = useQueryClient()
  const [draft, setDraft] = useState(policy)
  const change = useMutation({
    mutationFn: async () => (await changePolicy({ body: draft, throwOnError: true })).data,
    onSuccess: (found) => {
      queries.setQueryData(getPolicyQueryKey(), found)
      toast(t('saved'))
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <Switch
        label={t('policy_requires')}
        description={t('policy_requires_note')}
        checked={draft.requires_second_factor ?? false}
        onChange={(event) =>
          setDraft({ ...draft, requires_second_factor: event.currentTarget.checked })
        }
      />
      {times.map(({ field, least, most }) => (
        <NumberField
          key={field}
          label={t(`policy_${field}`)}
          min={least}
          max={most}
          isWhole
          value={draft[field]}
          onChange={(value) => setDraft({ ...draft, [field]: value ?? least })}
        />
      ))}
      {change.error && (
        <Alert color="shu" role="alert">
          {line(change.error)}
        </Alert>
      )}
      <Button type="submit" variant="default" loading={change.isPending}>
        {t('save')}
      </Button>
    </form>
  )
}
