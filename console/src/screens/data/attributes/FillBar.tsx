import { useFormat } from '@/language/format'
import { useText } from '../texts'
import styles from './FillBar.module.css'

interface Props {
  share: number
  /** Half the 95 % interval; 0 when everything was counted. */
  error: number
}

/** How full an attribute is: the figure, and a bar that makes columns of them comparable. */
export function FillBar({ share, error }: Props) {
  const t = useText()
  const format = useFormat()
  return (
    <span className={styles.fill}>
      <span>
        {format.percent(share)}
        {error > 0.0005 && <small> {t('margin', { margin: format.percent(error) })}</small>}
      </span>
      <svg aria-hidden viewBox="0 0 100 4" preserveAspectRatio="none">
        <rect className={styles.track} width="100" height="4" />
        <rect className={styles.bar} width={share * 100} height="4" />
      </svg>
    </span>
  )
}
