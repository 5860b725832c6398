import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import {
  type Broadcast,
  type BroadcastState,
  changeBroadcast,
  sendBroadcast,
  type Timing,
} from '@/api/generated'
import { checkSenderOptions, getAudienceOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Confirm, toast, toastFailure, useErrorLine } from '@/design'
import { isAsked } from '../approvals/approval'
import { useText as useApprovalText } from '../approvals/texts'
import { SenderStop } from './SenderStop'
import { useText } from './texts'
import { When } from './When'

const Everybody = lazy(() => import('./everybody/Everybody'))

interface Props {
  broadcast: Broadcast
  onClose: () => void
}

const done: Partial<Record<BroadcastState, 'done_schedule' | 'done_repeat'>> = {
  scheduled: 'done_schedule',
  repeating: 'done_repeat',
}

/** Asks when a draft goes, and whether it really should. */
export function ConfirmSending({ broadcast, onClose }: Props) {
  const t = useText()
  const [timing, setTiming] = useState<Timing | undefined>(broadcast.definition.timing)
  const send = useSend(broadcast, timing, onClose)
  const path = { broadcast_id: broadcast.id }
  const audience = useQuery(getAudienceOptions({ path })).data
  const domain = broadcast.definition.sender.from_address.split('@').at(-1) ?? ''
  const sender = useQuery(checkSenderOptions({ path: { domain } })).data
  if (sender?.is_blocked) {
    return <SenderStop broadcastId={broadcast.id} report={sender} onClose={onClose} />
  }
  const repeats = !!timing?.repeat
  const isLater = repeats || (!!timing?.start_at && new Date(timing.start_at) > new Date())
  return (
    <Confirm
      isOpen
      isIrreversible={!isLater}
      isBusy={send.isPending}
      title={t('send_title', { count: audience?.count ?? 0 })}
      confirmLabel={t(repeats ? 'repeat_now' : isLater ? 'schedule_now' : 'send_now')}
      onClose={onClose}
      onConfirm={() => send.mutate()}
    >
      <p>{t(repeats ? 'repeat_what' : isLater ? 'schedule_what' : 'send_what')}</p>
      {sender?.is_sandbox && <p>{t('send_sandbox')}</p>}
      <When value={timing ?? {}} onChange={setTiming} />
      {!!audience?.count && (
        <Suspense>
          <Everybody definition={broadcast.definition} audience={audience.count} />
        </Suspense>
      )}
    </Confirm>
  )
}

/** Writes down when, if that was changed, and sends. */
function useSend(
  { id, version, definition }: Broadcast,
  timing: Timing | undefined,
  onDone: () => void,
) {
  const t = useText()
  const sayApproval = useApprovalText()
  const sayError = useErrorLine()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async () => {
      const path = { broadcast_id: id }
      if (timing !== definition.timing) {
        const query = { based_on: version }
        await changeBroadcast({ path, query, body: { ...definition, timing }, throwOnError: true })
      }
      return sendBroadcast({ path, throwOnError: true })
    },
    onSuccess: ({ data }) => toast(t(done[data.state] ?? 'done_send')),
    onError: (error) =>
      isAsked(error) ? toast(sayApproval('asked_done')) : toastFailure(sayError(error)),
    onSettled: () => {
      onDone()
      return queries.invalidateQueries()
    },
  })
}
