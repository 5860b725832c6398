import { useFormat } from '@/language/format'
import styles from './Answer.module.css'
import type { Audience } from './audience'
import { useText } from './texts'

/** How many people: the answer, always in sight while editing. */
export function Answer({ audience }: { audience: Audience }) {
  const t = useText()
  const format = useFormat()
  const { counts, isCounting } = audience
  const found = counts.data
  const total = found?.total
  return (
    <div className={styles.answer} data-busy={isCounting || undefined}>
      <p className={styles.total} role="status" data-testid="total">
        {typeof total === 'number' ? t('people', { count: total }) : '–'}
      </p>
      <p className={styles.note}>
        {typeof total === 'number' && found
          ? t('of_everyone', {
              share: format.percent(found.everyone ? total / found.everyone : 0),
              everyone: format.number(found.everyone),
            })
          : t('nobody_yet')}
      </p>
      {found && (
        <svg aria-hidden viewBox="0 0 100 4" preserveAspectRatio="none">
          <rect className={styles.track} width="100" height="4" />
          <rect
            className={styles.bar}
            width={found.everyone && total ? (total / found.everyone) * 100 : 0}
            height="4"
          />
        </svg>
      )}
      {found && (
        <p className={styles.small} data-testid="took" data-ms={found.seen}>
          {isCounting ? t('counting') : t('as_of', { at: format.instant(found.as_of) })}
        </p>
      )}
    </div>
  )
}
