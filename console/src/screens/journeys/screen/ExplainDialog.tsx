import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { EnrolmentStory, ExplainEnrolmentResponse, PersonLine } from '@/api/generated'
import {
  explainEnrolmentOptions,
  listPeopleOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { Dialog, Loaded, SearchField } from '@/design'
import { useFormat } from '@/language/format'
import type { JourneyDefinition } from '../model/definition'
import { stepOf, waysOut } from '../model/ways'
import { useStepWords } from '../state/useStepWords'
import { type Key, useText } from '../texts'
import { useWhy } from './PeopleDialog'
import styles from './PublishDialog.module.css'

interface Props {
  journeyId: string
  definition: JourneyDefinition
  onClose: () => void
}

/** For any one person: why they entered or not, the way they went, and what comes next. */
export function ExplainDialog({ journeyId, definition, onClose }: Props) {
  const t = useText()
  const [q, setQ] = useState('')
  const [person, setPerson] = useState<PersonLine>()
  const people = useQuery(listPeopleOptions({ query: { limit: 8, ...(q ? { q } : {}) } }))
  return (
    <Dialog title={t('explain_title')} onClose={onClose}>
      <SearchField label={t('explain_who')} value={q} onSearch={setQ} />
      <Loaded query={people}>
        {({ people: found }) => (
          <ul className={styles.choices}>
            {found.map((one) => (
              <li key={one.id}>
                <button
                  type="button"
                  aria-pressed={one.id === person?.id}
                  onClick={() => setPerson(one)}
                >
                  {one.name || one.email || one.id}
                </button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {person && <Story journeyId={journeyId} definition={definition} profile={person.id} />}
    </Dialog>
  )
}

interface StoryProps {
  journeyId: string
  definition: JourneyDefinition
  profile: string
}

export function Story({ journeyId, definition, profile }: StoryProps) {
  const path = { journey_id: journeyId, profile }
  const story = useQuery({ ...explainEnrolmentOptions({ path }), staleTime: 0 })
  return (
    <Loaded query={story}>
      {(found) => (
        <>
          <Refused explanation={found} />
          {found.entries.map((one) => (
            <Entry key={one.enrolment} entry={one} definition={definition} />
          ))}
        </>
      )}
    </Loaded>
  )
}

function Refused({
  explanation: { entries, refused, refused_at },
}: {
  explanation: ExplainEnrolmentResponse
}) {
  const t = useText()
  const format = useFormat()
  if (!refused) return entries.length === 0 ? <p>{t('explain_never')}</p> : null
  const key = `refusal_${refused}`
  const why = key in useText.words.en ? t(key as Key) : refused
  return <p>{t('explain_refused', { when: refused_at ? format.instant(refused_at) : '–', why })}</p>
}

function Entry({ entry, definition }: { entry: EnrolmentStory; definition: JourneyDefinition }) {
  const t = useText()
  const format = useFormat()
  const words = useStepWords()
  const sayWhy = useWhy()
  const nameOf = (id: string) => {
    const step = stepOf(definition, id)
    return step ? words.name(step) : id
  }
  const wayOf = (id: string, way: string) => {
    const step = stepOf(definition, id)
    return step && waysOut(step).length > 1 ? ` → ${words.way(step, way)}` : ''
  }
  const reasonOf = (reason: string) => {
    const key = `reason_${reason}`
    return key in useText.words.en ? t(key as Key) : reason
  }
  const outcome = `outcome_${entry.outcome}`
  const when = format.instant(entry.entered_at)
  return (
    <ol className={styles.story}>
      <li>
        {entry.trigger
          ? t('explain_entered_by', { when, event: words.events({ event: entry.trigger }) })
          : t('explain_entered', { when })}
      </li>
      {entry.state === 'held_out' && <li>{t('explain_held_out')}</li>}
      {entry.path.map(({ step, way, at, reason }) => (
        <li key={step + at}>
          <time dateTime={at}>{format.instant(at)}</time> {nameOf(step)}
          {wayOf(step, way)}
          {reason && ` (${reasonOf(reason)})`}
        </li>
      ))}
      {entry.waiting && <li>{`${nameOf(entry.upcoming)}: ${sayWhy(entry.waiting)}`}</li>}
      {!entry.waiting && entry.upcoming && !entry.ended_at && (
        <li>{t('explain_next', { step: nameOf(entry.upcoming) })}</li>
      )}
      {entry.converted_at && (
        <li>{t('explain_converted', { when: format.instant(entry.converted_at) })}</li>
      )}
      {entry.ended_at && (
        <li>
          {t('explain_outcome', {
            when: format.instant(entry.ended_at),
            why: outcome in useText.words.en ? t(outcome as Key) : entry.outcome,
          })}
        </li>
      )}
    </ol>
  )
}
