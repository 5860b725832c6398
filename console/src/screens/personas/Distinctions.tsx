import type { Distinction } from '@/api/generated'
import { useLanguage } from '@/language/texts'
import styles from './Distinctions.module.css'
import { useText } from './texts'
import { useAmount } from './words'

const farthest = 2.5

/** What people have more of (to the right) or less of than the others, strongest first. */
export function Distinctions({ distinctions }: { distinctions: Distinction[] }) {
  const t = useText()
  const language = useLanguage()
  const amount = useAmount()
  if (distinctions.length === 0) return <p className={styles.none}>{t('apart_none')}</p>
  return (
    <ul className={styles.distinctions}>
      {distinctions.map((one) => (
        <li key={`${one.feature.key}:${one.feature.value}`}>
          <strong>{language === 'ja' ? one.ja : one.en}</strong>
          <span>
            {t('compared', { here: amount(one, one.here), elsewhere: amount(one, one.elsewhere) })}
          </span>
          <Distance one={one} />
        </li>
      ))}
    </ul>
  )
}

/** How far from everybody else, who are the line in the middle. */
function Distance({ one }: { one: Distinction }) {
  // Fewer days since the last order are more of what counts.
  const effect = one.feature.key === 'recency' ? -one.effect : one.effect
  const length = (Math.min(Math.abs(effect), farthest) / farthest) * 50
  return (
    <svg aria-hidden viewBox="0 0 100 6" preserveAspectRatio="none">
      <rect className={styles.track} y="2.5" width="100" height="1" />
      <rect x={effect > 0 ? 50 : 50 - length} y="1" width={length} height="4" />
      <rect className={styles.middle} x="49.8" width="0.4" height="6" />
    </svg>
  )
}
