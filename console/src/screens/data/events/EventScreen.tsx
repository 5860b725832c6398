import { useQuery } from '@tanstack/react-query'
import type { SeenEvent } from '@/api/generated'
import {
  listAttributesOptions,
  listSeenEventsOptions,
  listViolationsOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { Bars, ButtonLink, Distribution, EmptyState, Loaded, PageHeader, Section } from '@/design'
import { useFormat } from '@/language/format'
import { AttributeTable } from '../attributes/AttributeTable'
import { useParameter } from '../choices'
import { useSourceName } from '../sourceNames'
import { useText } from '../texts'
import { ViolationTable } from '../violations/ViolationTable'

export default function EventScreen() {
  const t = useText()
  const name = useParameter('event')
  const events = useQuery(listSeenEventsOptions())
  const found = events.data?.find((one) => one.figures.name === name)
  return (
    <>
      {!found && <PageHeader title={name} back={{ to: '/data/events', label: t('tab_events') }} />}
      <Loaded query={events} lines={8}>
        {() =>
          found ? (
            <OneEvent seen={found} />
          ) : (
            <EmptyState title={t('unknown_event')}>{t('not_counted_how')}</EmptyState>
          )
        }
      </Loaded>
    </>
  )
}

function OneEvent({ seen }: { seen: SeenEvent }) {
  const t = useText()
  const format = useFormat()
  const sourceName = useSourceName()
  const { figures } = seen
  const { name } = figures
  const days = Object.entries(figures.n_by_day)
  return (
    <>
      <PageHeader
        title={t('event_title', { name, total: format.number(figures.n) })}
        documentTitle={name}
        reason={t('event_reason', {
          first: format.day(figures.first_seen_at),
          last: format.ago(figures.last_seen_at),
        })}
        action={
          <ButtonLink to="/data/rule" search={{ event: name }} variant="default">
            {t(seen.is_planned ? 'to_rule' : 'add_rule')}
          </ButtonLink>
        }
        back={{ to: '/data/events', label: t('tab_events') }}
      />
      <Section title={t('volume_title')}>
        <Distribution
          title={t('volume_chart', { name, count: days.length })}
          headers={[t('day'), t('events_count')]}
          points={days.map(([day, n]) => ({
            label: format.day(day),
            value: n,
            text: format.number(n),
          }))}
        />
      </Section>
      <Section title={t('its_properties')}>
        <Properties event={name} />
      </Section>
      <Section title={t('its_violations')}>
        <Violations event={name} />
      </Section>
      <Section title={t('origin_title')}>
        <Bars
          title={t('from_source')}
          headers={[t('source'), t('events_count')]}
          points={Object.entries(figures.n_by_source).map(([id, n]) => ({
            label: sourceName(id),
            value: n,
            text: format.number(n),
          }))}
        />
      </Section>
    </>
  )
}

function Properties({ event }: { event: string }) {
  const t = useText()
  const found = useQuery(listAttributesOptions({ query: { event, limit: 500 } }))
  return (
    <Loaded query={found}>
      {({ attributes }) =>
        attributes.length ? (
          <AttributeTable attributes={attributes} caption={t('its_properties')} isOfOneEvent />
        ) : (
          <p>{t('no_properties')}</p>
        )
      }
    </Loaded>
  )
}

function Violations({ event }: { event: string }) {
  const t = useText()
  const found = useQuery(listViolationsOptions({ query: { subject: event } }))
  return (
    <Loaded query={found}>
      {(groups) =>
        groups.length ? <ViolationTable groups={groups} /> : <p>{t('violations_title_none')}</p>
      }
    </Loaded>
  )
}
