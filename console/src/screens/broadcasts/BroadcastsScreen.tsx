import { useQuery } from '@tanstack/react-query'
import type { Broadcast } from '@/api/generated'
import { listBroadcastsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import {
  Badge,
  ButtonLink,
  type Column,
  DataTable,
  EmptyState,
  Loaded,
  PageHeader,
  TextLink,
} from '@/design'
import { useFormat } from '@/language/format'
import styles from './BroadcastsScreen.module.css'
import { countSent, tones, useProgress, useSegmentName } from './state'
import { useText } from './texts'

const most = 100

/** All broadcasts, newest first. */
export default function BroadcastsScreen() {
  const broadcasts = useQuery(listBroadcastsOptions({ query: { limit: most } }))
  return (
    <Loaded query={broadcasts} isPage>
      {(found) => <Broadcasts broadcasts={found} />}
    </Loaded>
  )
}

function Broadcasts({ broadcasts }: { broadcasts: Broadcast[] }) {
  const t = useText()
  const write = useMay('write') && <ButtonLink to="/broadcasts/new">{t('write')}</ButtonLink>
  const isEmpty = broadcasts.length === 0
  return (
    <>
      <PageHeader
        title={isEmpty ? t('none') : t('lead', { count: broadcasts.length })}
        documentTitle={t('title')}
        reason={t('reason')}
        action={!isEmpty && write}
      />
      {isEmpty ? (
        <EmptyState title={t('write')} action={write}>
          {t('none_how')}
        </EmptyState>
      ) : (
        <List broadcasts={broadcasts} />
      )}
    </>
  )
}

function List({ broadcasts }: { broadcasts: Broadcast[] }) {
  const t = useText()
  const format = useFormat()
  const nameSegment = useSegmentName()
  const columns: Column<Broadcast>[] = [
    {
      id: 'name',
      header: t('name'),
      cell: (one) => (
        <>
          <TextLink to="/broadcasts/$broadcastId" params={{ broadcastId: one.id }}>
            {one.definition.name}
          </TextLink>
          <p className={styles.segment}>{nameSegment(one.definition.segment)}</p>
        </>
      ),
    },
    { id: 'state', header: t('state'), cell: (one) => <State broadcast={one} /> },
    {
      id: 'sent',
      header: t('sent'),
      isNumber: true,
      cell: (one) => <Sent broadcast={one} />,
    },
    {
      id: 'when',
      header: t('when'),
      cell: (one) => format.instant(one.occurs_at ?? one.started_at ?? one.created_at),
    },
  ]
  return (
    <DataTable caption={t('title')} columns={columns} rows={broadcasts} rowKey={(one) => one.id} />
  )
}

function State({ broadcast }: { broadcast: Broadcast }) {
  const t = useText()
  const state = useProgress(broadcast.id).data?.state ?? broadcast.state
  return <Badge tone={tones[state]}>{t(`state_${state}`)}</Badge>
}

function Sent({ broadcast }: { broadcast: Broadcast }) {
  const t = useText()
  const format = useFormat()
  const progress = useProgress(broadcast.id).data
  if (!broadcast.started_at && !progress?.n_audience) return t('not_sent')
  const sent = progress ? format.number(countSent(progress)) : '–'
  return `${sent} / ${format.number(progress?.n_audience ?? broadcast.n_audience)}`
}
