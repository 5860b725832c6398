import type { AttributeSummary } from '@/api/generated'
import { useEventName } from '../../profiles/events/words'
import { useText } from '../texts'
import styles from './AttributeGroups.module.css'
import { AttributeTable } from './AttributeTable'

/** Attributes by what they are of: people first and open, then every event, closed. */
export function AttributeGroups({ attributes }: { attributes: AttributeSummary[] }) {
  const t = useText()
  const eventName = useEventName()
  const groups = new Map<string, AttributeSummary[]>()
  for (const one of attributes) groups.set(one.event, [...(groups.get(one.event) ?? []), one])
  const title = (event: string) => (event ? eventName(event) : t('traits'))
  return [...groups].map(([event, rows], place) => (
    <details key={event} className={styles.group} open={place === 0}>
      <summary>
        <span className={styles.title}>{title(event)}</span>
        {event && title(event) !== event && <span>{event}</span>}
        <span className={styles.count}>{t('of_group', { count: rows.length })}</span>
      </summary>
      <AttributeTable caption={title(event)} attributes={rows} isOfOneEvent />
    </details>
  ))
}
