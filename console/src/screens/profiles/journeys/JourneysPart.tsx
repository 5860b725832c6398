import { useQueries, useQuery } from '@tanstack/react-query'
import type { Journey, PersonAnswer } from '@/api/generated'
import {
  explainEnrolmentOptions,
  getJourneyDraftOptions,
  listJourneysOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, Loading, Section, TextLink } from '@/design'
import { Story } from '../../journeys/explain/Story'
import type { JourneyDefinition } from '../../journeys/model/definition'
import { useText } from './texts'

/** Every journey that knows this person: where they are, why, and what comes next. */
export default function JourneysPart({ person }: { person: PersonAnswer }) {
  const journeys = useQuery(listJourneysOptions({ query: { limit: 500 } }))
  return (
    <Loaded query={journeys}>
      {(found) => (
        <Ways person={person} journeys={found.filter(({ state }) => state !== 'draft')} />
      )}
    </Loaded>
  )
}

function Ways({ person, journeys }: { person: PersonAnswer; journeys: Journey[] }) {
  const t = useText()
  const told = useQueries({
    queries: journeys.map(({ id }) =>
      // Of all journeys only what is written down: conditions are asked of those that know them.
      explainEnrolmentOptions({
        path: { journey_id: id, profile: person.id },
        query: { is_brief: true },
      }),
    ),
  })
  if (told.some((one) => one.isPending)) return <Loading lines={8} />
  const knowing = journeys.filter((_, index) => {
    const story = told[index]?.data
    return story && (story.entries.length > 0 || story.refused !== '')
  })
  if (knowing.length === 0) {
    return (
      <Section title={t('none')}>
        <p>{t('none_how')}</p>
      </Section>
    )
  }
  return knowing.map((journey) => <Way key={journey.id} journey={journey} profile={person.id} />)
}

function Way({ journey, profile }: { journey: Journey; profile: string }) {
  const draft = useQuery(getJourneyDraftOptions({ path: { journey_id: journey.id } }))
  const t = useText()
  const aside = (
    <TextLink to="/journeys/$journeyId" params={{ journeyId: journey.id }}>
      {t('look_at')}
    </TextLink>
  )
  return (
    <Section title={journey.name} aside={aside}>
      <Loaded query={draft}>
        {({ definition }) => (
          <Story
            journeyId={journey.id}
            definition={definition as JourneyDefinition}
            profile={profile}
          />
        )}
      </Loaded>
    </Section>
  )
}
