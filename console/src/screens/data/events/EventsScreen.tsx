import { useQuery } from '@tanstack/react-query'
import type { SeenEvent } from '@/api/generated'
import { listSeenEventsOptions } from '@/api/generated/@tanstack/react-query.gen'
import {
  Badge,
  type Column,
  DataTable,
  EmptyState,
  Loaded,
  PageHeader,
  Sparkline,
  TextLink,
} from '@/design'
import { useFormat } from '@/language/format'
import { DataTabs } from '../DataTabs'
import { useText } from '../texts'

export default function EventsScreen() {
  const t = useText()
  const format = useFormat()
  const events = useQuery(listSeenEventsOptions())
  const total = events.data?.reduce((n, one) => n + one.figures.n, 0) ?? 0
  return (
    <>
      <DataTabs />
      <PageHeader
        title={
          events.data
            ? t(total ? 'events_title' : 'events_none', {
                count: events.data.length,
                total: format.number(total),
              })
            : t('tab_events')
        }
        documentTitle={t('tab_events')}
      />
      <Loaded query={events} lines={8}>
        {(found) =>
          found.length ? (
            <EventTable events={found} />
          ) : (
            <EmptyState>{t('events_none_how')}</EmptyState>
          )
        }
      </Loaded>
    </>
  )
}

function EventTable({ events }: { events: SeenEvent[] }) {
  const t = useText()
  const format = useFormat()
  const columns: Column<SeenEvent>[] = [
    {
      id: 'name',
      header: t('event'),
      cell: ({ figures }) => (
        <TextLink to="/data/event" search={{ event: figures.name }}>
          {figures.name}
        </TextLink>
      ),
    },
    {
      id: 'course',
      header: t('volume'),
      cell: ({ figures }) => {
        const days = Object.values(figures.n_by_day)
        return days.length > 1 ? (
          <Sparkline
            values={days}
            label={t('last_days', { count: days.length, name: figures.name })}
          />
        ) : (
          '–'
        )
      },
    },
    {
      id: 'n',
      header: t('events_count'),
      cell: ({ figures }) => format.number(figures.n),
      isNumber: true,
    },
    {
      id: 'properties',
      header: t('properties_count'),
      cell: (one) => format.number(one.n_properties),
      isNumber: true,
    },
    {
      id: 'plan',
      header: t('tab_plan'),
      cell: (one) => (
        <Badge tone={one.is_planned ? 'good' : 'neutral'}>
          {t(one.is_planned ? 'planned' : 'unplanned')}
        </Badge>
      ),
    },
    {
      id: 'broken',
      header: t('broken'),
      cell: (one) => (one.n_violations ? format.number(one.n_violations) : '–'),
      isNumber: true,
    },
  ]
  return (
    <DataTable
      caption={t('tab_events')}
      columns={columns}
      rows={events}
      rowKey={(one) => one.figures.name}
    />
  )
}
