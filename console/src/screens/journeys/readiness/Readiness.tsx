import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { getJourneyReadinessOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useFormat } from '@/language/format'
import { Coming, Missing } from './Findings'
import styles from './Readiness.module.css'
import { useText } from './texts'

/** Everything that the draft looks at, and whether it comes. */
export function DraftReadiness() {
  const t = useText()
  const format = useFormat()
  const found = useReadiness()
  if (!found) return null
  const { counted_at, findings } = found
  const missing = findings.filter((one) => one.is_warning)
  const coming = findings.filter((one) => !one.is_warning)
  return (
    <section className={styles.all} aria-label={t('heading')}>
      <h3>{t('heading')}</h3>
      <p className={styles.note}>
        {missing.length ? t('warn', { count: missing.length }) : t('all_come')}
      </p>
      <Missing findings={missing} />
      {coming.length > 0 && (
        <details>
          <summary>{t('comes')}</summary>
          <Coming findings={coming} />
        </details>
      )}
      {counted_at && <p className={styles.note}>{t('counted', { ago: format.ago(counted_at) })}</p>}
    </section>
  )
}

/** What is missing for one step, or for what lets people in (an empty id). */
export function StepReadiness({ id }: { id: string }) {
  const found = useReadiness()
  const place = id === '' ? ['trigger', 'segment'] : [`steps.${id}`]
  const missing = (found?.findings ?? []).filter(
    ({ is_warning, paths }) =>
      is_warning &&
      paths.some((path) => place.some((one) => path === one || path.startsWith(`${one}.`))),
  )
  return <Missing findings={missing} />
}

/** Said beside what is published; nothing of it stands in the way. */
export function PublishReadiness() {
  const t = useText()
  const missing = (useReadiness()?.findings ?? []).filter((one) => one.is_warning)
  if (missing.length === 0) return null
  return (
    <section className={styles.all} aria-label={t('heading')}>
      <p>{t('warn', { count: missing.length })}</p>
      <Missing findings={missing} />
    </section>
  )
}

/** Asked anew with every draft that is kept, as all that is asked of journeys. */
function useReadiness() {
  const { journeyId = '' } = useParams({ strict: false })
  const path = { journey_id: journeyId }
  return useQuery({ ...getJourneyReadinessOptions({ path }), enabled: journeyId !== '' }).data
}
