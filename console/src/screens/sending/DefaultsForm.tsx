import { Switch } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type BroadcastDefaults, setBroadcastDefaults } from '@/api/generated'
import { useMay } from '@/app/session'
import { toast, toastFailure, useErrorLine } from '@/design'
import styles from './SendingPage.module.css'
import { useText } from './texts'

const choices = [
  { field: 'has_tracking', label: 'tracking', note: 'tracking_note' },
  { field: 'at_best_hour', label: 'best_hour', note: 'best_hour_note' },
] as const

/** What holds for broadcasts that do not say themselves. */
export function DefaultsForm({ defaults }: { defaults: BroadcastDefaults }) {
  const t = useText()
  const line = useErrorLine()
  const queries = useQueryClient()
  const isAdmin = useMay('admin')
  const change = useMutation({
    mutationFn: (body: BroadcastDefaults) => setBroadcastDefaults({ body, throwOnError: true }),
    onSuccess: () => toast(t('saved')),
    onError: (error) => toastFailure(line(error)),
    onSettled: () => queries.invalidateQueries(),
  })
  return (
    <div className={styles.stack}>
      {choices.map(({ field, label, note }) => (
        <Switch
          key={field}
          label={t(label)}
          description={t(note)}
          checked={defaults[field] ?? field === 'has_tracking'}
          disabled={!isAdmin || change.isPending}
          onChange={(event) => change.mutate({ ...defaults, [field]: event.currentTarget.checked })}
        />
      ))}
    </div>
  )
}
