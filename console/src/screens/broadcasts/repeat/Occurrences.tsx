import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Broadcast, type OccurrenceAnswer, skipNextOccurrence } from '@/api/generated'
import { listOccurrencesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import {
  Badge,
  type Column,
  Confirm,
  DataTable,
  Loaded,
  Section,
  TextLink,
  toast,
  toastFailure,
  useErrorLine,
} from '@/design'
import { useFormat } from '@/language/format'
import { tones, useProgress } from '../state'
import { useText as useBroadcastText } from '../texts'
import { useText } from './texts'

type Row = Pick<OccurrenceAnswer, 'occurs_at'> & { passed?: OccurrenceAnswer }

/** The dates of a recurring broadcast: what is to come above what was, the latest first. */
export function Occurrences({ broadcast }: { broadcast: Broadcast }) {
  const t = useText()
  const path = { broadcast_id: broadcast.id }
  const occurrences = useQuery(listOccurrencesOptions({ path }))
  return (
    <Section title={t('occurrences')} note={t('occurrences_note')}>
      <Loaded query={occurrences}>
        {({ to_come, passed }) => {
          const coming: Row[] = to_come.map((occurs_at) => ({ occurs_at })).reverse()
          const rows = [...coming, ...passed.map((one) => ({ ...one, passed: one }))]
          return (
            <>
              {to_come[0] && <SkipNext broadcastId={broadcast.id} next={to_come[0]} />}
              {rows.length > 0 ? <Dates rows={rows} /> : <p>{t('none')}</p>}
            </>
          )
        }}
      </Loaded>
    </Section>
  )
}

function Dates({ rows }: { rows: Row[] }) {
  const t = useText()
  const say = useBroadcastText()
  const format = useFormat()
  const count = (n: number | undefined) => (n === undefined ? '' : format.number(n))
  const columns: Column<Row>[] = [
    {
      id: 'when',
      header: say('when'),
      cell: ({ occurs_at, passed }) =>
        passed?.broadcast_id ? (
          <TextLink to="/broadcasts/$broadcastId" params={{ broadcastId: passed.broadcast_id }}>
            {format.instant(occurs_at)}
          </TextLink>
        ) : (
          format.instant(occurs_at)
        ),
    },
    { id: 'state', header: say('state'), cell: (row) => <State row={row} /> },
    {
      id: 'sent',
      header: say('sent'),
      isNumber: true,
      cell: ({ passed }) => count(passed?.outcomes?.sent),
    },
    {
      id: 'opened',
      header: say('opened'),
      isNumber: true,
      cell: ({ passed }) => count(passed?.outcomes?.opened),
    },
    {
      id: 'clicked',
      header: say('clicked'),
      isNumber: true,
      cell: ({ passed }) => count(passed?.outcomes?.clicked),
    },
  ]
  return (
    <DataTable
      caption={t('occurrences')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.occurs_at}
    />
  )
}

function State({ row: { passed } }: { row: Row }) {
  const t = useText()
  if (!passed) return <Badge tone="action">{t('to_come')}</Badge>
  if (passed.skipped) return <Badge tone="late">{t(`skipped_${passed.skipped}`)}</Badge>
  return <Sending broadcastId={passed.broadcast_id} />
}

function Sending({ broadcastId }: { broadcastId: string }) {
  const say = useBroadcastText()
  const state = useProgress(broadcastId).data?.state
  return state ? <Badge tone={tones[state]}>{say(`state_${state}`)}</Badge> : null
}

function SkipNext({ broadcastId, next }: { broadcastId: string; next: string }) {
  const t = useText()
  const format = useFormat()
  const sayError = useErrorLine()
  const queries = useQueryClient()
  const [isAsked, setIsAsked] = useState(false)
  const skip = useMutation({
    mutationFn: () =>
      skipNextOccurrence({ path: { broadcast_id: broadcastId }, throwOnError: true }),
    onSuccess: () => toast(t('done_skip')),
    onError: (error) => toastFailure(sayError(error)),
    onSettled: () => {
      setIsAsked(false)
      return queries.invalidateQueries()
    },
  })
  if (!useMay('send')) return null
  return (
    <>
      <Button variant="default" mb="md" onClick={() => setIsAsked(true)}>
        {t('skip')}
      </Button>
      <Confirm
        isOpen={isAsked}
        isBusy={skip.isPending}
        title={t('skip_title', { when: format.instant(next) })}
        confirmLabel={t('skip_now')}
        onClose={() => setIsAsked(false)}
        onConfirm={() => skip.mutate()}
      >
        {t('skip_what')}
      </Confirm>
    </>
  )
}
