import { useQuery } from '@tanstack/react-query'
import type { MessageLine, PersonAnswer } from '@/api/generated'
import { listProfileMessagesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Badge, EmptyState, Loaded, Section, TextLink, type Tone } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { useTraitName } from '../traits/words'
import { Consents } from './Consents'
import styles from './messages.module.css'
import { useText } from './texts'

const tones: Record<string, Tone> = {
  sent: 'good',
  failed: 'guard',
  skipped: 'late',
  unknown: 'late',
}

export default function MessagesPart({ person }: { person: PersonAnswer }) {
  const t = useText()
  const messages = useQuery(listProfileMessagesOptions({ path: { profile_id: person.id } }))
  return (
    <>
      <Section title={t('messages')} note={t('messages_say')}>
        <Loaded query={messages}>
          {(found) =>
            found.length === 0 ? (
              <EmptyState title={t('none')}>{t('none_how')}</EmptyState>
            ) : (
              <ol className={styles.messages}>
                {found.map((line) => (
                  <Message key={line.message.id} line={line} />
                ))}
              </ol>
            )
          }
        </Loaded>
      </Section>
      <Consents entries={person.consents} />
    </>
  )
}

function Message({ line }: { line: MessageLine }) {
  const t = useText()
  const format = useFormat()
  const language = useLanguage()
  const { message, title, subject } = line
  const at = message.sent_at ?? message.queued_at
  const reason = language === 'ja' ? line.reason_ja : line.reason_en
  return (
    <li>
      <p className={styles.head}>
        <strong>{subject || title}</strong>
        <Badge tone={tones[message.state]}>{t(`state_${message.state}`)}</Badge>
        <time dateTime={at} title={format.instant(at)}>
          {format.ago(at)}
        </time>
      </p>
      <p className={styles.soft}>
        <Cause line={line} />
      </p>
      {reason && <p>{reason}</p>}
      {line.why && (
        <p className={styles.why}>
          <span>{t('told')}</span> {line.why}
        </p>
      )}
      <UsedFacts facts={line.facts} />
    </li>
  )
}

/** What it was sent by, where one can look at it. */
function Cause({ line: { message, title } }: { line: MessageLine }) {
  const { kind, id } = message.origin
  if (kind === 'broadcast') {
    return (
      <TextLink to="/broadcasts/$broadcastId" params={{ broadcastId: id }}>
        {title}
      </TextLink>
    )
  }
  const [journeyId = ''] = id.split('/')
  if (kind !== 'journey') return title
  return (
    <TextLink to="/journeys/$journeyId" params={{ journeyId }}>
      {title}
    </TextLink>
  )
}

function UsedFacts({ facts }: { facts: MessageLine['facts'] }) {
  const t = useText()
  const name = useTraitName()
  const uses = new Map<string, string>()
  for (const use of ['printed', 'consulted'] as const) {
    for (const fact of facts) {
      const trait = traitOf(String(fact.path ?? ''))
      if (fact.use === use && trait && !uses.has(trait)) uses.set(trait, t(use))
    }
  }
  if (uses.size === 0) return null
  return (
    <dl className={styles.facts}>
      <dt>{t('facts')}</dt>
      {[...uses].map(([trait, use]) => (
        <dd key={trait}>
          {name(trait)} <span>{use}</span>
        </dd>
      ))}
    </dl>
  )
}

/** `city` for `customer.city`, nothing for a root. */
function traitOf(path: string): string {
  const [, name = ''] = path.replace(/\[\d+\]/g, '').split('.')
  return name.replace(/_(ja|en)$/, '')
}
