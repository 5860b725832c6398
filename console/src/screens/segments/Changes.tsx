import { useQuery } from '@tanstack/react-query'
import type { MembershipChange, SegmentMember } from '@/api/generated'
import { listSegmentChangesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState, Loaded, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import styles from './Changes.module.css'
import { useText } from './texts'

const refreshMilliseconds = 5_000
const shown = 10

/** Who came and went, change by change. */
export function Changes({ segmentId }: { segmentId: string }) {
  const t = useText()
  const query = useQuery({
    ...listSegmentChangesOptions({ path: { segment_id: segmentId }, query: { limit: shown } }),
    refetchInterval: refreshMilliseconds,
  })
  return (
    <Section title={t('feed')} note={t('feed_note')}>
      <Loaded query={query}>
        {({ changes }) =>
          changes.length === 0 ? (
            <EmptyState title={t('feed_empty')}>{t('feed_empty_how')}</EmptyState>
          ) : (
            <ol className={styles.feed}>
              {changes.map((change) => (
                <Change key={change.change} change={change} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Section>
  )
}

function Change({ change }: { change: MembershipChange }) {
  const t = useText()
  const format = useFormat()
  return (
    <li>
      <p>
        <time dateTime={change.as_of} title={format.instant(change.as_of)}>
          {format.ago(change.as_of)}
        </time>{' '}
        <strong>
          +{format.number(change.n_entered)} −{format.number(change.n_left)}
        </strong>{' '}
        <span>{t(`cause_${change.cause}`)}</span>
      </p>
      {change.cause !== 'created' && (
        <>
          <People word={t('came_names')} people={change.entered} total={change.n_entered} />
          <People word={t('went_names')} people={change.left} total={change.n_left} />
        </>
      )}
    </li>
  )
}

interface PeopleProps {
  word: string
  people: SegmentMember[]
  total: number
}

function People({ word, people, total }: PeopleProps) {
  const t = useText()
  if (people.length === 0) return null
  const others = total - people.length
  return (
    <p className={styles.people}>
      {word}
      {people.map((person) => (
        <TextLink
          key={person.profile_id}
          to="/profiles/$profileId"
          params={{ profileId: person.profile_id }}
        >
          {person.name || person.profile_id}
        </TextLink>
      ))}
      {others > 0 && <span>{t('others', { count: others })}</span>}
    </p>
  )
}
