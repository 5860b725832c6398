import { NativeSelect } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import {
  type OpenDayFigures,
  type StoredTracking,
  setTrackingPolicy,
  type TrackingPolicy,
} from '@/api/generated'
import {
  countOpenDaysOptions,
  getTrackingPolicyOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { Facts, Loaded, Section, toast, toastFailure, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import styles from './SendingPage.module.css'
import { useText } from './texts'

const choices = {
  tracking: ['full', 'last_open_day', 'none'],
  without_consent: ['none', 'last_open_day'],
} as const

/** How many people still open mail, and what is kept to know it. */
export function OpenDays() {
  const t = useText()
  const stored = useQuery(getTrackingPolicyOptions())
  const figures = useQuery(countOpenDaysOptions())
  return (
    <Section title={t('open_days')} note={t('open_days_note')}>
      <div className={styles.stack}>
        <Loaded query={figures}>{(found) => <Within figures={found} />}</Loaded>
        <Loaded query={stored}>{(found) => <Choice stored={found} />}</Loaded>
      </div>
    </Section>
  )
}

function Within({ figures }: { figures: OpenDayFigures }) {
  const t = useText()
  const format = useFormat()
  const lines = Object.entries(figures.within).map(([days, n]): [string, string] => [
    t('open_within', { days: Number(days) }),
    format.number(n),
  ])
  return <Facts facts={[...lines, [t('open_known'), format.number(figures.n_known)]]} />
}

function Choice({ stored }: { stored: StoredTracking }) {
  const t = useText()
  const line = useErrorLine()
  const queries = useQueryClient()
  const isAdmin = useMay('admin')
  const change = useMutation({
    mutationFn: (body: TrackingPolicy) => setTrackingPolicy({ body, throwOnError: true }),
    onSuccess: () => toast(t('saved')),
    onError: (error) => toastFailure(line(error)),
    onSettled: () => queries.invalidateQueries(),
  })
  return (
    <div className={styles.actions}>
      {(['tracking', 'without_consent'] as const).map((field) => (
        <NativeSelect
          key={field}
          label={t(`open_${field}`)}
          value={stored.policy[field]}
          disabled={!isAdmin || change.isPending}
          data={choices[field].map((value) => ({ value, label: t(`open_keep_${value}`) }))}
          onChange={(event) =>
            change.mutate({ ...stored.policy, [field]: event.currentTarget.value })
          }
        />
      ))}
    </div>
  )
}
