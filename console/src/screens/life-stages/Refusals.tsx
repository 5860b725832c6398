import type { StageRefusal } from '@/api/generated'
import styles from './Editor.module.css'
import { useText } from './texts'

/** The words that may be no part of a stage, why, and what to do instead. */
export function Refusals({ refusals }: { refusals: StageRefusal[] }) {
  const t = useText()
  if (refusals.length === 0) return null
  return (
    <div role="alert">
      <ul className={styles.refusals}>
        {refusals.map(({ word, limit }) => (
          <li key={`${word} ${limit}`}>
            <strong>{t(`refused_${limit}`, { word })}</strong> {t(`refused_${limit}_how`)}
          </li>
        ))}
      </ul>
    </div>
  )
}
