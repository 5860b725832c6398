import { useQuery } from '@tanstack/react-query'
import type { Friction, JourneyMap, StageView } from '@/api/generated'
import { mapJourneyStagesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useShop } from '@/app/session'
import { EmptyState, Loaded, PageHeader, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import styles from './Maps.module.css'
import { useText } from './texts'

const days = 90

/** The life-cycle as the journeys see it: how many come to each stage, go on, and are lost. */
export default function MapScreen() {
  const found = useQuery(mapJourneyStagesOptions({ query: { days } }))
  return (
    <Loaded query={found} isPage>
      {(map) => <Life map={map} />}
    </Loaded>
  )
}

function Life({ map: { people, stages, frictions } }: { map: JourneyMap }) {
  const t = useText()
  const most = Math.max(...stages.map((one) => one.people), 1)
  return (
    <>
      <PageHeader
        title={people === 0 ? t('map_none') : t('map_lead', { count: people })}
        documentTitle={t('map_title')}
        back={{ to: '/journeys', label: t('back') }}
        reason={t('map_reason', { days })}
      />
      {people === 0 && <EmptyState>{t('map_none_how')}</EmptyState>}
      {stages.length > 0 && (
        <Section title={t('map_stages')} isTitleHidden>
          <ol className={styles.stages}>
            {stages.map((one, index) => (
              <Stage
                key={one.stage}
                stage={one}
                most={most}
                isLast={index === stages.length - 1 || stages[index + 1]?.stage === ''}
              />
            ))}
          </ol>
        </Section>
      )}
      {frictions.length > 0 && (
        <Section title={t('map_frictions')} note={t('map_frictions_note')}>
          <ul className={styles.frictions}>
            {frictions.map((one) => (
              <Lost key={`${one.journey_id} ${one.step}`} friction={one} />
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}

/** A stage: a column as high as the people in it, the part that went on filled. */
function Stage({ stage, most, isLast }: { stage: StageView; most: number; isLast: boolean }) {
  const t = useText()
  const format = useFormat()
  const { currency } = useShop()
  const share = (part: number) => format.percent(stage.people > 0 ? part / stage.people : 0, 0)
  const height = (stage.people / most) * 100
  return (
    <li>
      <h3>{stage.stage ? t(`stage_${stage.stage}`) : t('map_no_stage')}</h3>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden>
        <rect className={styles.all} y={100 - height} width="100" height={height} />
        <rect
          className={styles.reached}
          y={100 - (stage.reached_goal / most) * 100}
          width="100"
          height={(stage.reached_goal / most) * 100}
        />
      </svg>
      <p>
        <b>{t('map_people', { count: stage.people })}</b>
      </p>
      <p>{t('map_goal', { share: share(stage.reached_goal) })}</p>
      {stage.value_minor > 0 && <p>{format.money(stage.value_minor, currency)}</p>}
      {!isLast && stage.stage && (
        <p className={styles.on}>
          {t('map_went_on', { share: share(stage.went_on) })}
          <span>{t('map_lost', { share: share(stage.people - stage.went_on) })}</span>
        </p>
      )}
      <ul aria-label={t('map_journeys')}>
        {stage.journeys.map((one) => (
          <li key={one.id}>
            <TextLink to="/journeys/$journeyId" params={{ journeyId: one.id }}>
              {one.name}
            </TextLink>{' '}
            {format.percent(one.people > 0 ? one.reached_goal / one.people : 0, 0)}
            {one.target_percent !== null && (
              <small> {t('map_target', { percent: one.target_percent })}</small>
            )}
          </li>
        ))}
      </ul>
    </li>
  )
}

function Lost({ friction }: { friction: Friction }) {
  const t = useText()
  const format = useFormat()
  const share = friction.lost / friction.arrived
  return (
    <li>
      <TextLink to="/journeys/$journeyId" params={{ journeyId: friction.journey_id }}>
        {friction.label || friction.step}
      </TextLink>
      <span>
        {t('map_friction', { share: format.percent(share, 0), arrived: friction.arrived })} ·{' '}
        {t(friction.how === 'timeout' ? 'map_how_timeout' : 'map_how_exit')}
      </span>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden>
        <rect className={styles.track} width="100" height="4" />
        <rect className={styles.lost} width={share * 100} height="4" />
      </svg>
    </li>
  )
}
