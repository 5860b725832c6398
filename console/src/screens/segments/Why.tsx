import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ExplainedCondition, PersonLine, Seen } from '@/api/generated'
import { explainSegmentOptions, listPeopleOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useShop } from '@/app/session'
import { Badge, Loaded, SearchField, Section } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from './texts'
import { useSentence } from './useSentence'
import styles from './Why.module.css'

const offered = 5

interface Props {
  segmentId: string
  /** Whom the question was asked about elsewhere; empty if nobody. */
  personId: string
}

/** Answers every condition for one person: the one asked about, or one that is searched for. */
export function Why({ segmentId, personId }: Props) {
  const t = useText()
  const [search, setSearch] = useState('')
  const [chosen, setPerson] = useState<PersonLine>()
  const asked = useQuery({
    ...listPeopleOptions({ query: { q: personId, limit: 1 } }),
    enabled: personId !== '',
  })
  const person = chosen ?? (search === '' ? asked.data?.people[0] : undefined)
  return (
    <Section title={t('why')} note={t('why_note')}>
      <SearchField
        label={t('why_search')}
        placeholder={t('why_search')}
        value={search}
        onSearch={(text) => {
          setSearch(text)
          setPerson(undefined)
        }}
      />
      {search && !person && <Found search={search} onChoose={setPerson} />}
      {person && <Answer segmentId={segmentId} person={person} />}
    </Section>
  )
}

function Found({ search, onChoose }: { search: string; onChoose: (one: PersonLine) => void }) {
  const t = useText()
  const query = useQuery(listPeopleOptions({ query: { q: search, limit: offered } }))
  return (
    <Loaded query={query} lines={2}>
      {({ people }) =>
        people.length === 0 ? (
          <p className={styles.none}>{t('why_nobody')}</p>
        ) : (
          <ul className={styles.found}>
            {people.map((one) => (
              <li key={one.id}>
                <Button variant="default" onClick={() => onChoose(one)}>
                  {one.name}
                </Button>
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  )
}

function Answer({ segmentId, person }: { segmentId: string; person: PersonLine }) {
  const t = useText()
  const query = useQuery(
    explainSegmentOptions({ path: { segment_id: segmentId }, query: { profile_id: person.id } }),
  )
  return (
    <Loaded query={query}>
      {(conditions) => (
        <div aria-live="polite">
          <h3 className={styles.verdict}>
            {t(conditions[0]?.is_true ? 'why_in' : 'why_out', { name: person.name })}
          </h3>
          <ol className={styles.conditions}>
            {conditions.map((one) => (
              <Condition key={one.path} one={one} />
            ))}
          </ol>
        </div>
      )}
    </Loaded>
  )
}

const groups: Record<string, 'group_all' | 'group_any' | 'group_not'> = {
  all: 'group_all',
  any: 'group_any',
  not: 'group_not',
}
const deepest = 6

function Condition({ one }: { one: ExplainedCondition }) {
  const t = useText()
  const group = groups[String(one.condition.type)]
  const depth = Math.min(deepest, one.path.split('.').length - 1)
  return (
    <li data-depth={depth}>
      <Badge tone={one.is_true ? 'good' : 'late'}>{t(one.is_true ? 'yes' : 'no')}</Badge>
      <span>{group ? t(group) : <Sentence condition={one.condition} />}</span>
      {one.seen && <Evidence seen={one.seen} />}
    </li>
  )
}

function Sentence({ condition }: { condition: Record<string, unknown> }) {
  return useSentence(condition)
}

function Evidence({ seen }: { seen: Seen }) {
  const t = useText()
  const format = useFormat()
  const { currency } = useShop()
  const words = () => {
    if (seen.kind === 'count') return t('seen_count', { count: seen.number ?? 0 })
    if (seen.kind === 'nothing') return t('seen_nothing')
    if (seen.kind === 'instant' && seen.at) return t('seen_instant', { date: format.day(seen.at) })
    if (seen.kind !== 'amount' || seen.number === null) return seen.text
    const value = format.money(seen.number, currency)
    if (seen.edge === null) return value
    return t('seen_edge', { value, edge: format.money(seen.edge, currency) })
  }
  return <small>{words()}</small>
}
