import type { EnrolmentStory, MessageFate, PassedStep } from '@/api/generated'
import { TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import type { JourneyDefinition } from '../model/definition'
import { stepOf, waysOut } from '../model/ways'
import { useWhy } from '../screen/PeopleDialog'
import { useStepWords } from '../state/useStepWords'
import { Ahead } from './Ahead'
import { Asked } from './Asked'
import styles from './explain.module.css'
import { type Key, useText } from './texts'

interface Props {
  entry: EnrolmentStory
  definition: JourneyDefinition
  /** Of the person: what is still ahead is told by their clock. */
  zone: string
  profile: string
}

/** One entry: each step with why it was left the way it was, then what comes next. */
export function Entry({ entry, definition, zone, profile }: Props) {
  const t = useText()
  const format = useFormat()
  const words = useStepWords()
  const sayWhy = useWhy()
  const { name } = useNames(definition)
  const outcome = `outcome_${entry.outcome}`
  const when = format.instant(entry.entered_at)
  return (
    <section>
      <ol className={styles.steps}>
        <li>
          {entry.trigger
            ? t('explain_entered_by', { when, event: words.events({ event: entry.trigger }) })
            : t('explain_entered', { when })}
          {entry.may && <Asked asked={[entry.may]} question={() => t('asked_may')} />}
        </li>
        {entry.state === 'held_out' && <li>{t('explain_held_out')}</li>}
        {entry.path.map((one) => (
          <Passed key={one.step + one.at} one={one} definition={definition} profile={profile} />
        ))}
        {entry.waiting && <li>{`${name(entry.upcoming)}: ${sayWhy(entry.waiting)}`}</li>}
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
      {entry.waiting && <Ahead entry={entry} definition={definition} zone={zone} />}
    </section>
  )
}

/** What steps and their ways are called. */
export function useNames(definition: JourneyDefinition) {
  const words = useStepWords()
  const name = (id: string) => {
    const step = stepOf(definition, id)
    return step ? words.name(step) : id
  }
  const way = (id: string, out: string) => {
    const step = stepOf(definition, id)
    return step && waysOut(step).some((one) => one.way === out) ? words.way(step, out) : out
  }
  const hasWays = (id: string) => {
    const step = stepOf(definition, id)
    return step !== undefined && waysOut(step).length > 1
  }
  return { name, way, hasWays }
}

function Passed({
  one: { step, way, at, reason, asked, differs, by, message },
  definition,
  profile,
}: {
  one: PassedStep
  definition: JourneyDefinition
  profile: string
}) {
  const t = useText()
  const format = useFormat()
  const words = useStepWords()
  const names = useNames(definition)
  const isExit = way.startsWith('exit:')
  const reasonOf = (code: string) => {
    const key = `reason_${code}`
    return key in useText.words.en ? t(key as Key) : code
  }
  const question = (id: string) =>
    isExit ? t('asked_exit') : t('asked_way', { way: names.way(step, id) })
  return (
    <li>
      <time dateTime={at}>{format.instant(at)}</time> {names.name(step)}
      {names.hasWays(step) && !isExit && ` → ${names.way(step, way)}`}
      {reason && ` (${reasonOf(reason)})`}
      {by && (
        <p>
          {t('because', {
            event: words.events({ event: by.event }),
            when: format.instant(by.at),
          })}
        </p>
      )}
      <Asked asked={asked} question={question} />
      {way === 'otherwise' && asked.length > 0 && (
        <p>{t('asked_otherwise', { way: names.way(step, way) })}</p>
      )}
      {differs && <p className={styles.soft}>{t('asked_differs')}</p>}
      {message && <Fate message={message} profile={profile} />}
    </li>
  )
}

/** What became of a message, with the way to all of this person's. */
function Fate({ message, profile }: { message: MessageFate; profile: string }) {
  const t = useText()
  const format = useFormat()
  const language = useLanguage()
  const { sent_at, due_at, text } = message
  const said = sent_at
    ? t('fate_sent', { when: format.instant(sent_at) })
    : due_at
      ? t('fate_queued', { when: format.instant(due_at) })
      : text
        ? ''
        : t('fate_unsent')
  return (
    <p>
      {said} {text?.[language]}{' '}
      <TextLink
        to="/profiles/$profileId"
        params={{ profileId: profile }}
        search={{ part: 'messages' }}
      >
        {t('fate_look')}
      </TextLink>
    </p>
  )
}
