import type { ProviderPace, SendingState } from '@/api/generated'
import { DataTable, EmptyState, Section } from '@/design'
import { useFormat } from '@/language/format'
import styles from './SendingPage.module.css'
import { useText } from './texts'

/** How fast mail goes: what a new sender may send today, and the pace of each provider. */
export function Pace({ state }: { state: SendingState }) {
  const t = useText()
  const format = useFormat()
  return (
    <Section title={t('pace')} note={t('pace_note')}>
      <div className={styles.stack}>
        <Today state={state} />
        {state.paces.length ? (
          <DataTable<ProviderPace>
            caption={t('pace')}
            rows={state.paces}
            rowKey={(one) => one.name}
            columns={[
              {
                id: 'name',
                header: t('provider'),
                cell: ({ name }) => (name === 'others' ? t('provider_others') : name),
              },
              {
                id: 'rate',
                header: t('per_minute'),
                cell: (one) => format.number(one.per_minute),
                isNumber: true,
              },
              { id: 'now', header: t('now'), cell: (one) => <Standing pace={one} /> },
            ]}
          />
        ) : (
          <EmptyState title={t('pace_none')}>{t('pace_none_reason')}</EmptyState>
        )}
      </div>
    </Section>
  )
}

function Today({ state }: { state: SendingState }) {
  const t = useText()
  const { warm_up, n_sent_today: used } = state
  if (!warm_up) return <p>{t('warm_up_done', { used })}</p>
  const said = t('warm_up_used', { used, most: warm_up.most })
  return (
    <div className={styles.gauge}>
      <strong>{t('warm_up', { day: warm_up.day + 1, days: warm_up.n_days })}</strong>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={said}>
        <rect className={styles.track} width="100" height="10" />
        <rect
          className={styles.used}
          width={Math.min(100, (used / warm_up.most) * 100)}
          height="10"
        />
      </svg>
      <span>{said}</span>
    </div>
  )
}

function Standing({ pace }: { pace: ProviderPace }) {
  const t = useText()
  const format = useFormat()
  if (pace.closed_until) return t('pace_closed', { until: format.instant(pace.closed_until) })
  const isSlowed = pace.per_minute_now < pace.per_minute
  return isSlowed ? t('pace_slowed', { rate: Math.round(pace.per_minute_now) }) : t('pace_full')
}
