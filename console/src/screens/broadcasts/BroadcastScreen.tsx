import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { Broadcast, Progress } from '@/api/generated'
import { getBroadcastOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Badge, Loaded, PageHeader, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { ApprovalSection } from '../approvals/ApprovalSection'
import { Actions } from './Actions'
import { Draft } from './Draft'
import { Letter } from './Letter'
import { LettersSection } from './letters/LettersSection'
import { Recipients } from './Recipients'
import { Report } from './Report'
import { Occurrences } from './repeat/Occurrences'
import { useText as useRepeatText } from './repeat/texts'
import { countMoving, countSent, tones, useProgress, useSegmentName } from './state'
import { useText } from './texts'

/** One broadcast: a draft with its preview, or what became of it. */
export default function BroadcastScreen() {
  const { broadcastId = '' } = useParams({ strict: false }) as { broadcastId?: string }
  const broadcast = useQuery(getBroadcastOptions({ path: { broadcast_id: broadcastId } }))
  const progress = useProgress(broadcastId)
  return (
    <Loaded query={broadcast} isPage>
      {(found) => (
        <Loaded query={progress} isPage>
          {(now) => <BroadcastView broadcast={found} progress={now} />}
        </Loaded>
      )}
    </Loaded>
  )
}

function BroadcastView({ broadcast, progress }: { broadcast: Broadcast; progress: Progress }) {
  const isToCome = progress.state === 'draft' || progress.state === 'scheduled'
  const recurs = !!broadcast.definition.timing?.repeat
  return (
    <>
      <Lead broadcast={broadcast} progress={progress} />
      {recurs && (progress.state !== 'draft' || progress.n_audience > 0) && (
        <Occurrences broadcast={broadcast} />
      )}
      {isToCome ? (
        <>
          <ApprovalSection broadcast={broadcast} />
          <Draft broadcast={broadcast} />
        </>
      ) : (
        <>
          {broadcast.definition.experiment && !recurs && <LettersSection broadcast={broadcast} />}
          {(!recurs || progress.n_audience > 0) && (
            <Report broadcast={broadcast} progress={progress} />
          )}
        </>
      )}
      <Letter definition={broadcast.definition} />
      {!isToCome && !recurs && <Recipients broadcastId={broadcast.id} />}
    </>
  )
}

function Lead({ broadcast, progress }: { broadcast: Broadcast; progress: Progress }) {
  const t = useText()
  const format = useFormat()
  const sayRepeat = useRepeatText()
  const nameSegment = useSegmentName()
  const { state } = progress
  const counts = {
    draft: 0,
    scheduled: 0,
    repeating: 0,
    enqueuing: broadcast.n_audience,
    watching: broadcast.n_enqueued,
    sending: countMoving(progress),
    paused: countMoving(progress),
    cancelled: countSent(progress),
    done: countSent(progress),
  }
  const { name, segment } = broadcast.definition
  const { begins_at, started_at, created_at, occurs_at, recurring_id } = broadcast
  const when = started_at
    ? t('started', { when: format.instant(started_at) })
    : begins_at
      ? state === 'repeating' && occurs_at
        ? t('next', { when: format.instant(occurs_at) })
        : t('begins', { when: format.instant(begins_at) })
      : t('written', { when: format.instant(created_at) })
  return (
    <PageHeader
      title={t(`lead_${state}`, { count: counts[state] })}
      documentTitle={name}
      reason={
        <>
          {name}
          <br />
          <Badge tone={tones[state]}>{t(`state_${state}`)}</Badge> {nameSegment(segment)} · {when}
          {recurring_id && (
            <p>
              <TextLink to="/broadcasts/$broadcastId" params={{ broadcastId: recurring_id }}>
                {sayRepeat('one_of')}
              </TextLink>
            </p>
          )}
          {broadcast.problem && <p>{t('not_begun', { problem: broadcast.problem })}</p>}
        </>
      }
      back={{ to: '/broadcasts', label: t('title') }}
      action={<Actions broadcast={broadcast} state={state} />}
    />
  )
}
