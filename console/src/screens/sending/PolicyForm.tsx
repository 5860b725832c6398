import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import {
  type Cap,
  type FrequencyPolicy,
  type QuietHours,
  setFrequencyPolicy,
  tryFrequencyPolicy,
} from '@/api/generated'
import { useMay } from '@/app/session'
import { NumberField, Section, toast, toastFailure, useErrorLine } from '@/design'
import { CapFields } from './CapFields'
import { QuietFields } from './QuietFields'
import styles from './SendingPage.module.css'
import { useText } from './texts'

const newCap: Cap = { most: 1, period: 1, unit: 'calendar_days', channel: 'email', topic: '' }
const newQuiet: QuietHours = { start: '21:00', end: '08:00', channel: '' }

/** The rules; a change is tried on the last days while it is made. */
export function PolicyForm({ policy }: { policy: FrequencyPolicy }) {
  const t = useText()
  const isAdmin = useMay('admin')
  const [caps, setCaps] = useState(policy.caps ?? [])
  const [quiet, setQuiet] = useState(policy.quiet_hours ?? [])
  const [holdHours, setHoldHours] = useState(policy.hold_hours ?? 72)
  const draft: FrequencyPolicy = { caps, quiet_hours: quiet, hold_hours: holdHours }
  const save = useSave()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(draft)
  }
  return (
    <form onSubmit={submit} className={styles.stack}>
      <fieldset disabled={!isAdmin} className={styles.stack}>
        <Section title={t('caps')}>
          <Rows rows={caps} onRows={setCaps} fresh={newCap} addLabel={t('add_cap')}>
            {(cap, onChange, number) => (
              <CapFields cap={cap} onChange={onChange} label={t('cap_label', { number })} />
            )}
          </Rows>
        </Section>
        <Section title={t('quiet')} note={t('quiet_note')}>
          <Rows rows={quiet} onRows={setQuiet} fresh={newQuiet} addLabel={t('add_quiet')}>
            {(one, onChange, number) => (
              <QuietFields quiet={one} onChange={onChange} label={t('quiet_label', { number })} />
            )}
          </Rows>
        </Section>
        <div className={styles.form}>
          <NumberField
            label={t('hold_hours')}
            value={holdHours}
            onChange={(hours) => setHoldHours(hours ?? 72)}
            min={1}
            max={744}
            isWhole
          />
        </div>
      </fieldset>
      <Trial policy={draft} />
      {isAdmin ? (
        <div>
          <Button type="submit" loading={save.isPending}>
            {t('save')}
          </Button>
        </div>
      ) : (
        <p>{t('only_admins')}</p>
      )}
    </form>
  )
}

interface RowsProps<T> {
  rows: T[]
  onRows: (rows: T[]) => void
  fresh: T
  addLabel: string
  children: (row: T, onChange: (row: T) => void, number: number) => React.ReactNode
}

function Rows<T>({ rows, onRows, fresh, addLabel, children }: RowsProps<T>) {
  const t = useText()
  return (
    <div className={styles.rules}>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rules have no name, and their order is theirs
        <div key={index} className={styles.rule}>
          {children(row, (next) => onRows(rows.with(index, next)), index + 1)}
          <Button
            variant="subtle"
            color="shu"
            onClick={() => onRows(rows.filter((_, other) => other !== index))}
          >
            {t('remove')}
          </Button>
        </div>
      ))}
      <div>
        <Button variant="default" onClick={() => onRows([...rows, fresh])}>
          {addLabel}
        </Button>
      </div>
    </div>
  )
}

/** Says whom the rules would have made wait. */
function Trial({ policy }: { policy: FrequencyPolicy }) {
  const t = useText()
  const trial = useQuery({
    queryKey: ['frequency trial', policy],
    queryFn: async ({ signal }) =>
      (await tryFrequencyPolicy({ body: policy, signal, throwOnError: true })).data,
    placeholderData: (before) => before,
    retry: false,
  })
  if (!trial.data) return null
  const { days, n_held: held, n_people: people } = trial.data
  return (
    <Section title={t('trial', { days })}>
      <p aria-live="polite">{people ? t('trial_said', { held, people }) : t('trial_none')}</p>
    </Section>
  )
}

function useSave() {
  const t = useText()
  const line = useErrorLine()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: FrequencyPolicy) => setFrequencyPolicy({ body, throwOnError: true }),
    onSuccess: async () => {
      toast(t('saved'))
      await queries.invalidateQueries()
    },
    onError: (error) => toastFailure(line(error)),
  })
}
