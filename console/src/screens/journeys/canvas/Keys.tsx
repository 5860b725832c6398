import { useText } from '../texts'
import styles from './Keys.module.css'

const keys = ['walk', 'open', 'add', 'remove', 'move', 'choose', 'copy', 'undo'] as const

/** Every key that does something on the canvas, one click away; told to screen readers at once. */
export function Keys() {
  const t = useText()
  return (
    <details className={styles.keys}>
      <summary>{t('keyboard')}</summary>
      <dl id="journey-keys">
        {keys.map((key) => (
          <div key={key}>
            <dt>
              <kbd>{t(`keys_${key}`)}</kbd>
            </dt>
            <dd>{t(`keys_${key}_does`)}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
