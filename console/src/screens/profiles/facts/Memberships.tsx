import { useQuery } from '@tanstack/react-query'
import { listProfileSegmentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, Section, TextLink } from '@/design'
import { useLanguage } from '@/language/texts'
import styles from './facts.module.css'
import { useText } from './texts'

/** The segments somebody is in. */
export function Memberships({ profileId }: { profileId: string }) {
  const t = useText()
  const language = useLanguage()
  const segments = useQuery(listProfileSegmentsOptions({ path: { profile_id: profileId } }))
  return (
    <Section title={t('segments')} note={t('segments_say')}>
      <Loaded query={segments}>
        {(found) =>
          found.length === 0 ? (
            <p>{t('no_segments')}</p>
          ) : (
            <ul className={styles.segments}>
              {found.map((one) => (
                <li key={one.id}>
                  <TextLink to="/segments/$segmentId" params={{ segmentId: one.id }}>
                    {language === 'ja' ? one.name_ja : one.name_en}
                  </TextLink>
                  <span>{t('size', { count: one.size })}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  )
}
