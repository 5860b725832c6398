import { Section } from '@/design'
import styles from './LifeStages.module.css'
import { useText } from './texts'

/** What may be a stage at all. */
export function Limits() {
  const t = useText()
  return (
    <Section title={t('limits')} note={t('limits_say')}>
      <ul className={styles.limits}>
        <li data-limit="special">
          <strong>{t('limit_never')}</strong>
          {t('limit_never_what')}
        </li>
        <li data-limit="private">
          <strong>{t('limit_asked')}</strong>
          {t('limit_asked_what')}
        </li>
        <li>
          <strong>{t('limit_free')}</strong>
          {t('limit_free_what')}
        </li>
      </ul>
    </Section>
  )
}
