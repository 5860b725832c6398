import { useQuery } from '@tanstack/react-query'
import type { ExplainEnrolmentResponse } from '@/api/generated'
import { explainEnrolmentOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loaded } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import type { JourneyDefinition } from '../model/definition'
import { useStepWords } from '../state/useStepWords'
import { Asked } from './Asked'
import { Entry } from './Entry'
import styles from './explain.module.css'
import { type Key, useText } from './texts'

interface Props {
  journeyId: string
  definition: JourneyDefinition
  profile: string
}

/** All that is known of one person in one journey. */
export function Story({ journeyId, definition, profile }: Props) {
  const path = { journey_id: journeyId, profile }
  const story = useQuery({ ...explainEnrolmentOptions({ path }), staleTime: 0 })
  return (
    <Loaded query={story}>
      {(found) => (
        <div className={styles.story}>
          <Refusals told={found} />
          {found.entries.map((one) => (
            <Entry
              key={one.enrolment}
              entry={one}
              definition={definition}
              zone={found.zone}
              profile={profile}
            />
          ))}
          <Wanted told={found} />
        </div>
      )}
    </Loaded>
  )
}

function useRefusalWords(): (reason: string) => string {
  const t = useText()
  return (reason) => {
    const key = `refusal_${reason}`
    return key in useText.words.en ? t(key as Key) : reason
  }
}

function Refusals({ told: { refusals, entries } }: { told: ExplainEnrolmentResponse }) {
  const t = useText()
  const format = useFormat()
  const say = useRefusalWords()
  if (refusals.length === 0) return entries.length === 0 ? <p>{t('explain_never')}</p> : null
  return (
    <section>
      <h3>{t('refusals_title')}</h3>
      <ul className={styles.lines}>
        {refusals.map(({ at, reason }) => (
          <li key={at + reason}>
            <time dateTime={at}>{format.instant(at)}</time> {say(reason)}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What lets people in, and what this person has of it. */
function Wanted({ told: { wanted } }: { told: ExplainEnrolmentResponse }) {
  const t = useText()
  const format = useFormat()
  const language = useLanguage()
  const words = useStepWords()
  const sayRefusal = useRefusalWords()
  if (!wanted) return null
  const sayBecame = (became: string) => {
    const key = `seen_${became || 'unknown'}`
    return key in useText.words.en ? t(key as Key) : sayRefusal(became)
  }
  return (
    <section>
      <h3>{t('wanted_title')}</h3>
      <p>{wanted.text[language]}</p>
      {wanted.since && (
        <p className={styles.soft}>{t('wanted_since', { when: format.instant(wanted.since) })}</p>
      )}
      {wanted.may && <Asked asked={[wanted.may]} question={() => t('asked_may')} />}
      {wanted.seen.length === 0 ? (
        <p>{t('wanted_none')}</p>
      ) : (
        <ul className={styles.lines}>
          {wanted.seen.map(({ position, at, event, became }) => (
            <li key={position}>
              {t('seen', { when: format.instant(at), event: words.events({ event }) })}{' '}
              <b>{sayBecame(became)}</b>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
