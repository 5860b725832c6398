import type { Classification } from '@/api/generated'
import { Badge } from '@/design'
import { useText } from '../texts'
import styles from './ClassBadges.module.css'

/** What is careful about an attribute; nothing where nothing is. */
export function ClassBadges({ classification }: { classification: Classification }) {
  const t = useText()
  const { pii, sensitivity, is_proxy } = classification
  const category = t(`sensitivity_${sensitivity}`)
  return (
    <span className={styles.badges}>
      {pii !== 'none' && (
        <Badge tone={pii === 'quasi' ? 'neutral' : 'action'}>{t(`pii_${pii}`)}</Badge>
      )}
      {sensitivity !== 'none' && (
        <Badge tone={is_proxy ? 'late' : 'guard'}>
          {is_proxy ? t('proxy_of', { category }) : category}
        </Badge>
      )}
    </span>
  )
}
