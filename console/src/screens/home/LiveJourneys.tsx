import { useQuery } from '@tanstack/react-query'
import type { Journey } from '@/api/generated'
import { listJourneysOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Section, TextLink } from '@/design'
import styles from './LiveJourneys.module.css'
import { useText } from './texts'

const shown = 4

/** The journeys that run, with the most people on the way first; nothing where none does. */
export function LiveJourneys() {
  const t = useText()
  const journeys = useQuery(listJourneysOptions({ query: { limit: 500 } })).data ?? []
  const live = journeys.filter((one) => one.state === 'running')
  if (!live.length) return null
  const busiest = [...live].sort(byPeople).slice(0, shown)
  const note = t('journeys_note', {
    count: live.length,
    people: live.reduce((sum, one) => sum + one.active, 0),
  })
  return (
    <Section
      title={t('journeys')}
      note={note}
      aside={<TextLink to="/journeys">{t('journeys_more')}</TextLink>}
    >
      <ul className={styles.journeys}>
        {busiest.map((one) => (
          <li key={one.id}>
            <TextLink to="/journeys/$journeyId" params={{ journeyId: one.id }}>
              {one.name}
            </TextLink>
            <span>{t('journey_people', { count: one.active })}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function byPeople(one: Journey, other: Journey): number {
  return other.active - one.active || other.entered - one.entered
}
