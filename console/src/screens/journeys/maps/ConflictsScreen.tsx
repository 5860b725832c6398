import { useQuery } from '@tanstack/react-query'
import type { Conflict, ConflictMap } from '@/api/generated'
import { mapJourneyConflictsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { type Column, DataTable, EmptyState, Loaded, PageHeader, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import styles from './Maps.module.css'
import { Matrix } from './Matrix'
import { useText } from './texts'

const days = 30

/** Journeys and broadcasts that compete for the same people, as a picture and with what helps. */
export default function ConflictsScreen() {
  const found = useQuery(mapJourneyConflictsOptions({ query: { days } }))
  return (
    <Loaded query={found} isPage>
      {(map) => <Conflicts map={map} />}
    </Loaded>
  )
}

function Conflicts({ map }: { map: ConflictMap }) {
  const t = useText()
  const count = map.conflicts.length
  return (
    <>
      <PageHeader
        title={count === 0 ? t('con_none') : t('con_lead', { count })}
        documentTitle={t('con_title')}
        back={{ to: '/journeys', label: t('back') }}
        reason={t('con_reason', { days })}
      />
      {count === 0 ? (
        <EmptyState>{t('con_none_how')}</EmptyState>
      ) : (
        <>
          <Section title={t('con_matrix')} note={t('con_matrix_note')}>
            <Matrix map={map} />
          </Section>
          <Section title={t('con_list')}>
            <Pairs map={map} />
          </Section>
        </>
      )}
    </>
  )
}

function Pairs({ map }: { map: ConflictMap }) {
  const t = useText()
  const format = useFormat()
  const columns: Column<Conflict>[] = [
    {
      id: 'pair',
      header: t('con_pair'),
      cell: (one) => (
        <>
          <FlowLink map={map} id={one.one} /> × <FlowLink map={map} id={one.other} />
        </>
      ),
    },
    {
      id: 'advice',
      header: t('con_advice'),
      cell: (one) => (
        <span>
          {t(`con_do_${one.advice}`)}
          {one.wins && (
            <span className={styles.soft}> {t('con_wins', { name: nameOf(map, one.wins) })}</span>
          )}
        </span>
      ),
    },
    {
      id: 'together',
      header: t('con_together'),
      isNumber: true,
      cell: (one) => format.number(one.together),
    },
    {
      id: 'close',
      header: t('con_close'),
      isNumber: true,
      cell: (one) => format.number(one.close),
    },
    {
      id: 'capped',
      header: t('con_capped'),
      isNumber: true,
      cell: (one) => format.number(one.one_capped + one.other_capped),
    },
  ]
  return (
    <DataTable
      caption={t('con_list')}
      columns={columns}
      rows={map.conflicts}
      rowKey={(one) => `${one.one} ${one.other}`}
    />
  )
}

export function nameOf({ flows }: ConflictMap, id: string): string {
  return flows.find((one) => one.id === id)?.name || id
}

function FlowLink({ map, id }: { map: ConflictMap; id: string }) {
  const [kind, ...rest] = id.split(':')
  const own = rest.join(':')
  const name = nameOf(map, id)
  if (kind === 'journey') {
    return (
      <TextLink to="/journeys/$journeyId" params={{ journeyId: own }}>
        {name}
      </TextLink>
    )
  }
  if (kind !== 'broadcast') return name
  return (
    <TextLink to="/broadcasts/$broadcastId" params={{ broadcastId: own }}>
      {name}
    </TextLink>
  )
}
