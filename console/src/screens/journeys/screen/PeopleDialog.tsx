import { useQuery } from '@tanstack/react-query'
import type { Journey, Waiting } from '@/api/generated'
import { listPeopleAtStepOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Dialog, EmptyState, Loaded, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import type { JourneyDefinition } from '../model/definition'
import { stepOf } from '../model/ways'
import { useStepWords } from '../state/useStepWords'
import { type Key, useText } from '../texts'
import styles from './PublishDialog.module.css'

interface Props {
  journey: Journey
  definition: JourneyDefinition
  stepId: string
  onClose: () => void
}

const most = 200

/** Who stands at a step, and why each of them waits. */
export function PeopleDialog({ journey, definition, stepId, onClose }: Props) {
  const t = useText()
  const format = useFormat()
  const words = useStepWords()
  const sayWhy = useWhy()
  const path = { journey_id: journey.id, step_id: stepId }
  const people = useQuery({
    ...listPeopleAtStepOptions({ path, query: { limit: most } }),
    staleTime: 0,
  })
  const step = stepOf(definition, stepId)
  const title = t('people_at', {
    count: people.data?.length ?? 0,
    step: step ? words.name(step) : stepId,
  })
  return (
    <Dialog title={title} onClose={onClose}>
      <Loaded query={people}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState title={t('people_none')}>{t('people_none_how')}</EmptyState>
          ) : (
            <ul className={styles.people}>
              {found.map(({ waiting, person }) => (
                <li key={waiting.enrolment}>
                  {person ? (
                    <TextLink to="/profiles/$profileId" params={{ profileId: person.id }}>
                      {person.name || person.email || person.id}
                    </TextLink>
                  ) : (
                    t('erased')
                  )}
                  <p>
                    {sayWhy(waiting)} · {t('since', { when: format.instant(waiting.reached_at) })}
                  </p>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Dialog>
  )
}

/** Says why somebody waits, and until when. */
export function useWhy(): (waiting: Waiting) => string {
  const t = useText()
  const format = useFormat()
  const words = useStepWords()
  return ({ why, until, event }) => {
    const key = `why_${why}`
    if (!(key in useText.words.en)) return why
    return t(key as Key, {
      until: until ? format.instant(until) : '–',
      event: event ? words.events({ event }) : '',
    })
  }
}
