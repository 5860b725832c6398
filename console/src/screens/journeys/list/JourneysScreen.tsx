import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Journey } from '@/api/generated'
import { countJourneyOptions, listJourneysOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { Badge, type Column, DataTable, EmptyState, Loaded, PageHeader, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { tones } from '../state/journeys'
import { type Key, useText } from '../texts'
import styles from './JourneysScreen.module.css'
import { NewDialog } from './NewDialog'

/** All journeys: which run, how many people are on the way, whether they reach their goal. */
export default function JourneysScreen() {
  const journeys = useQuery(listJourneysOptions({ query: { limit: 500 } }))
  return (
    <Loaded query={journeys} isPage>
      {(found) => <Journeys journeys={found} />}
    </Loaded>
  )
}

function Journeys({ journeys }: { journeys: Journey[] }) {
  const t = useText()
  const mayWrite = useMay('write')
  const [isNew, setIsNew] = useState(false)
  const isEmpty = journeys.length === 0
  const people = journeys.reduce((sum, one) => sum + one.active, 0)
  const begin = mayWrite && <Button onClick={() => setIsNew(true)}>{t('new_journey')}</Button>
  return (
    <>
      <PageHeader
        title={isEmpty ? t('list_none') : t('list_lead', { count: journeys.length, people })}
        documentTitle={t('title')}
        reason={t('list_reason')}
        action={!isEmpty && begin}
      />
      {isEmpty ? (
        <EmptyState title={t('new_journey')} action={begin}>
          {t('list_none_how')}
        </EmptyState>
      ) : (
        <>
          <nav aria-label={t('list_views')} className={styles.views}>
            <TextLink to="/journeys/map">{t('map_life')}</TextLink>
            <TextLink to="/journeys/conflicts">{t('map_conflicts')}</TextLink>
            <TextLink to="/journeys/experiments">{t('exp_title')}</TextLink>
          </nav>
          <List journeys={journeys} />
        </>
      )}
      {isNew && <NewDialog onClose={() => setIsNew(false)} />}
    </>
  )
}

function List({ journeys }: { journeys: Journey[] }) {
  const t = useText()
  const format = useFormat()
  const columns: Column<Journey>[] = [
    {
      id: 'name',
      header: t('column_name'),
      cell: (one) => (
        <>
          <TextLink to="/journeys/$journeyId" params={{ journeyId: one.id }}>
            {one.name}
          </TextLink>
          <p className={styles.note}>
            {t(`trigger_${one.trigger}` as Key)}
            {one.stage && ` · ${t(`stage_${one.stage}`)}`}
          </p>
        </>
      ),
    },
    {
      id: 'state',
      header: t('column_state'),
      cell: (one) => <Badge tone={tones[one.state]}>{t(`state_${one.state}`)}</Badge>,
    },
    {
      id: 'active',
      header: t('column_on_way'),
      isNumber: true,
      cell: (one) => format.number(one.active),
    },
    {
      id: 'entered',
      header: t('column_entered'),
      isNumber: true,
      cell: (one) => format.number(one.entered),
    },
    {
      id: 'goal',
      header: t('column_goal'),
      isNumber: true,
      cell: (one) => <Conversion journey={one} />,
    },
  ]
  return (
    <DataTable caption={t('title')} columns={columns} rows={journeys} rowKey={(one) => one.id} />
  )
}

function Conversion({ journey }: { journey: Journey }) {
  const format = useFormat()
  const counts = useQuery({
    ...countJourneyOptions({ path: { journey_id: journey.id } }),
    enabled: journey.entered > 0,
  }).data
  if (!counts || counts.conversions.entered === 0) return '–'
  return format.percent(counts.conversions.converted / counts.conversions.entered)
}
