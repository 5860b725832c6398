import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import {
  listProfileSegmentsOptions,
  listSegmentsOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, Section, TextLink } from '@/design'
import { useLanguage } from '@/language/texts'
import styles from './facts.module.css'
import { useText } from './texts'

/** The segments somebody is in, and why; and why they are not in another. */
export function Memberships({ profileId }: { profileId: string }) {
  const t = useText()
  const language = useLanguage()
  const segments = useQuery(listProfileSegmentsOptions({ path: { profile_id: profileId } }))
  return (
    <Section title={t('segments')} note={t('segments_say')}>
      <Loaded query={segments}>
        {(found) => (
          <>
            {found.length === 0 && <p>{t('no_segments')}</p>}
            <ul className={styles.segments}>
              {found.map((one) => {
                const name = language === 'ja' ? one.name_ja : one.name_en
                return (
                  <li key={one.id}>
                    <TextLink to="/segments/$segmentId" params={{ segmentId: one.id }}>
                      {name}
                    </TextLink>
                    <span>
                      {t('size', { count: one.size })}{' '}
                      <TextLink
                        to="/segments/$segmentId"
                        params={{ segmentId: one.id }}
                        search={{ person: profileId }}
                        label={t('why_in', { name })}
                      >
                        {t('why')}
                      </TextLink>
                    </span>
                  </li>
                )
              })}
            </ul>
            <WhyNot profileId={profileId} inside={found.map((one) => one.id)} />
          </>
        )}
      </Loaded>
    </Section>
  )
}

function WhyNot({ profileId, inside }: { profileId: string; inside: string[] }) {
  const t = useText()
  const language = useLanguage()
  const navigate = useNavigate()
  const { data = [] } = useQuery(listSegmentsOptions())
  const others = data.filter((one) => !inside.includes(one.id))
  if (others.length === 0) return null
  return (
    <NativeSelect
      className={styles.whyNot}
      label={t('why_not')}
      value=""
      onChange={(event) =>
        navigate({
          to: '/segments/$segmentId',
          params: { segmentId: event.currentTarget.value },
          search: { person: profileId } as never,
        })
      }
      data={[
        { value: '', label: t('why_not_choose') },
        ...others.map((one) => ({
          value: one.id,
          label: language === 'ja' ? one.name_ja : one.name_en,
        })),
      ]}
    />
  )
}
