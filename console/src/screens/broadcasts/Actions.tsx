import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  type Broadcast,
  type BroadcastState,
  cancelBroadcast,
  pauseBroadcast,
  resumeBroadcast,
  sendBroadcast,
} from '@/api/generated'
import { checkSenderOptions, getAudienceOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { ButtonLink, Confirm, toast, toastFailure, useErrorLine } from '@/design'
import { isAsked } from '../approvals/approval'
import { useText as useApprovalText } from '../approvals/texts'
import { TestDialog } from '../trials/TestDialog'
import { useText as useTrialText } from '../trials/texts'
import { SenderStop } from './SenderStop'
import { useText } from './texts'

const calls = {
  send: sendBroadcast,
  pause: pauseBroadcast,
  resume: resumeBroadcast,
  cancel: cancelBroadcast,
}
type Act = keyof typeof calls

/** What can be done with a broadcast in its present state, by whoever may. */
export function Actions({ broadcast, state }: { broadcast: Broadcast; state: BroadcastState }) {
  const t = useText()
  const sayTest = useTrialText()
  const [asks, setAsks] = useState<'send' | 'cancel' | 'test'>()
  const act = useAct(broadcast.id, () => setAsks(undefined))
  const maySend = useMay('send')
  const mayWrite = useMay('write')
  const isUnderWay = state === 'enqueuing' || state === 'sending'
  return (
    <>
      {state === 'draft' && mayWrite && (
        <ButtonLink
          variant="default"
          to="/broadcasts/$broadcastId/edit"
          params={{ broadcastId: broadcast.id }}
        >
          {t('edit')}
        </ButtonLink>
      )}
      {state === 'draft' && mayWrite && (
        <Button variant="default" onClick={() => setAsks('test')}>
          {sayTest('test')}
        </Button>
      )}
      {maySend && (isUnderWay || state === 'paused') && (
        <Button variant="subtle" color="shu" onClick={() => setAsks('cancel')}>
          {t('cancel')}
        </Button>
      )}
      {maySend && isUnderWay && (
        <Button loading={act.isPending} onClick={() => act.mutate('pause')}>
          {t('pause')}
        </Button>
      )}
      {maySend && state === 'paused' && (
        <Button loading={act.isPending} onClick={() => act.mutate('resume')}>
          {t('resume')}
        </Button>
      )}
      {maySend && state === 'draft' && <Button onClick={() => setAsks('send')}>{t('send')}</Button>}
      {asks === 'test' && (
        <TestDialog broadcastId={broadcast.id} onClose={() => setAsks(undefined)} />
      )}
      <ConfirmSending
        broadcast={broadcast}
        isOpen={asks === 'send'}
        isBusy={act.isPending}
        onClose={() => setAsks(undefined)}
        onConfirm={() => act.mutate('send')}
      />
      <Confirm
        isOpen={asks === 'cancel'}
        isBusy={act.isPending}
        isIrreversible
        title={t('cancel_title')}
        confirmLabel={t('cancel_now')}
        onClose={() => setAsks(undefined)}
        onConfirm={() => act.mutate('cancel')}
      >
        {t('cancel_what')}
      </Confirm>
    </>
  )
}

interface ConfirmProps {
  broadcast: Broadcast
  isOpen: boolean
  isBusy: boolean
  onClose: () => void
  onConfirm: () => void
}

function ConfirmSending({ broadcast, ...dialog }: ConfirmProps) {
  const t = useText()
  const audience = useQuery({
    ...getAudienceOptions({ path: { broadcast_id: broadcast.id } }),
    enabled: dialog.isOpen,
  })
  const domain = broadcast.definition.sender.from_address.split('@').at(-1) ?? ''
  const sender = useQuery({
    ...checkSenderOptions({ path: { domain } }),
    enabled: dialog.isOpen,
  }).data
  if (dialog.isOpen && sender?.is_blocked) {
    return <SenderStop broadcastId={broadcast.id} report={sender} onClose={dialog.onClose} />
  }
  return (
    <Confirm
      {...dialog}
      isIrreversible
      title={t('send_title', { count: audience.data?.count ?? 0 })}
      confirmLabel={t('send_now')}
    >
      {t('send_what')}
      {sender?.is_sandbox && <p>{t('send_sandbox')}</p>}
    </Confirm>
  )
}

function useAct(broadcastId: string, onDone: () => void) {
  const t = useText()
  const sayApproval = useApprovalText()
  const sayError = useErrorLine()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (act: Act) =>
      calls[act]({ path: { broadcast_id: broadcastId }, throwOnError: true }),
    onSuccess: (_, act) => toast(t(`done_${act}`)),
    onError: (error) =>
      isAsked(error) ? toast(sayApproval('asked_done')) : toastFailure(sayError(error)),
    onSettled: () => {
      onDone()
      return queries.invalidateQueries()
    },
  })
}
