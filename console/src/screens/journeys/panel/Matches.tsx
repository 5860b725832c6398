import { sayMatches } from '../model/asked'
import type { Match } from '../model/definition'
import styles from './Panel.module.css'
import { useText } from './texts'

/** What an event must have in common with the one that let the person in; kept as it is. */
export function Matches({ matches }: { matches?: Match[] }) {
  const t = useText()
  if (!matches?.length) return null
  return <p className={styles.note}>{t('matches_note', { same: sayMatches(matches) })}</p>
}
