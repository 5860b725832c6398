import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { Habits, PersonAnswer } from '@/api/generated'
import { getFactsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { ErrorState, Loading, PageHeader, TextLink, useChosenInSight } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import styles from './ProfileScreen.module.css'
import { useText } from './texts'

const parts = {
  facts: lazy(() => import('./facts/FactsPart')),
  timeline: lazy(() => import('./timeline/TimelinePart')),
  identity: lazy(() => import('./identity/IdentityPart')),
  saved: lazy(() => import('./saved/SavedPart')),
  recommended: lazy(() => import('./recommended/RecommendedPart')),
  journeys: lazy(() => import('./journeys/JourneysPart')),
  messages: lazy(() => import('./messages/MessagesPart')),
  rights: lazy(() => import('./rights/RightsPart')),
}
type PartName = keyof typeof parts
const names = Object.keys(parts) as PartName[]

export default function ProfileScreen() {
  const { profileId = '' } = useParams({ strict: false }) as { profileId?: string }
  const person = useQuery(getFactsOptions({ path: { profile_id: profileId } }))
  if (person.isError) {
    return <ErrorState isPage error={person.error} onRetry={() => person.refetch()} />
  }
  return person.data ? <Person person={person.data} /> : <Loading lines={10} />
}

function Person({ person }: { person: PersonAnswer }) {
  const t = useText()
  const chosen = useChosenPart()
  const Part = parts[chosen]
  const line = useChosenInSight<HTMLElement>(chosen)
  return (
    <>
      <PageHeader
        title={person.name || person.email || t('unnamed')}
        reason={<Sentence person={person} />}
        back={{ to: '/profiles', label: t('back') }}
      />
      <HoldBack person={person} />
      <nav ref={line} aria-label={t('parts')} className={styles.parts}>
        {names.map((name) => (
          <span key={name} data-chosen={name === chosen}>
            <TextLink
              to="/profiles/$profileId"
              params={{ profileId: person.id }}
              search={name === 'facts' ? {} : { part: name }}
            >
              {t(`part_${name}`)}
            </TextLink>
          </span>
        ))}
      </nav>
      <Suspense fallback={<Loading lines={8} />}>
        <Part person={person} />
      </Suspense>
    </>
  )
}

/** Who this is, in a sentence or three. */
function Sentence({ person }: { person: PersonAnswer }) {
  const t = useText()
  const format = useFormat()
  const language = useLanguage()
  const { computed, habits, companies, currency } = person
  const first = habits.first_seen_at
  const company = companies[0]
  const sentences = [
    !first
      ? t('sentence_unseen')
      : computed.last_order_at
        ? t('sentence_orders', {
            count: computed.frequency,
            since: format.day(first),
            money: format.money(computed.monetary_minor, currency),
            ago: format.ago(computed.last_order_at),
          })
        : t('sentence_none', { since: format.day(first) }),
    hasFavouriteHour(habits) ? t('sentence_hour', { hour: habits.favourite_hour ?? 0 }) : '',
    company
      ? t(company.role ? 'sentence_role' : 'sentence_company', {
          company: company.name || company.id,
          role: company.role,
        })
      : '',
  ]
  return (
    <>
      {sentences.filter(Boolean).join(language === 'ja' ? '' : ' ')}
      {person.email && <span className={styles.email}>{person.email}</span>}
    </>
  )
}

/** An hour is told only when it stands out: half as many events again as an even day would have. */
function hasFavouriteHour({ favourite_hour, hours, n_events }: Habits): boolean {
  const most = favourite_hour === null ? 0 : (hours[favourite_hour] ?? 0)
  return n_events >= 10 && most * 24 > n_events * 1.5
}

function HoldBack({ person: { id, hold_back } }: { person: PersonAnswer }) {
  const t = useText()
  if (hold_back.length === 0) return null
  const isDevice = hold_back.includes('shared_device')
  const isHousehold = hold_back.includes('household')
  const title = isDevice && isHousehold ? 'both' : isDevice ? 'device' : 'household'
  return (
    <aside className={styles.guard}>
      <strong>{t(`hold_back_${title}`)}</strong>
      <p>
        {t('hold_back_say')}{' '}
        <TextLink
          to="/profiles/$profileId"
          params={{ profileId: id }}
          search={{ part: 'identity' }}
        >
          {t('hold_back_why')}
        </TextLink>
      </p>
    </aside>
  )
}

function useChosenPart(): PartName {
  const { part }: Record<string, unknown> = useSearch({ strict: false })
  return names.find((name) => name === part) ?? 'facts'
}
