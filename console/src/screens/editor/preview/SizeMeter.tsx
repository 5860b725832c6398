import { useFormat } from '@/language/format'
import { useText } from '../check/texts'
import styles from './preview.module.css'

// Gmail shows no more of a message than this.
const mostBytes = 102 * 1024
const closeShare = 0.85

/** How near a message is to being cut by its reader's mail program. */
export function SizeMeter({ bytes }: { bytes: number }) {
  const t = useText()
  const format = useFormat()
  const share = bytes / mostBytes
  const tone = share > 1 ? 'guard' : share > closeShare ? 'late' : 'good'
  const size = format.number(Math.round(bytes / 102.4) / 10)
  return (
    <div className={styles.meter} data-tone={tone}>
      <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden>
        <rect width="100" height="1" />
        <rect className={styles.full} width={Math.min(share, 1) * 100} height="1" />
      </svg>
      <span>{t(tone === 'guard' ? 'size_cut' : 'size', { size })}</span>
    </div>
  )
}
