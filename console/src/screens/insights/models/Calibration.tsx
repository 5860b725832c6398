import type { PurchaseQuality } from '@/api/generated'
import { useFormat } from '@/language/format'
import { useText } from '../texts'
import styles from './Calibration.module.css'

type Tenth = PurchaseQuality['reliability']['bins'][number]

/** By tenths of customers: a bar for what was said, a mark for what happened. */
export function Calibration({ tenths }: { tenths: Tenth[] }) {
  const t = useText()
  const format = useFormat()
  return (
    <>
      <ul className={styles.legend} aria-hidden>
        <li data-part="said">{t('predicted')}</li>
        <li data-part="happened">{t('happened')}</li>
      </ul>
      <ol className={styles.tenths}>
        {tenths.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: tenths have no other name than their place
          <li key={index}>
            <svg
              viewBox="0 0 10 100"
              preserveAspectRatio="none"
              role="img"
              aria-label={t('calibration_cell', {
                place: index + 1,
                predicted: format.percent(one.predicted, 0),
                observed: format.percent(one.observed, 0),
              })}
            >
              <rect
                className={styles.said}
                x="1"
                width="8"
                y={100 - one.predicted * 100}
                height={one.predicted * 100}
              />
              <line
                className={styles.happened}
                x1="0"
                x2="10"
                y1={100 - one.observed * 100}
                y2={100 - one.observed * 100}
              />
            </svg>
            <span aria-hidden>{format.percent(one.observed, 0)}</span>
          </li>
        ))}
      </ol>
      <p className={styles.ends} aria-hidden>
        <span>{t('least_likely')}</span>
        <span>{t('most_likely')}</span>
      </p>
    </>
  )
}
