import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  type Broadcast,
  type BroadcastState,
  cancelBroadcast,
  pauseBroadcast,
  resumeBroadcast,
  unscheduleBroadcast,
} from '@/api/generated'
import { useMay } from '@/app/session'
import { ButtonLink, Confirm, toast, toastFailure, useErrorLine } from '@/design'
import TestDialog from '../trials/TestDialog'
import { useText as useTrialText } from '../trials/texts'
import { ConfirmSending } from './ConfirmSending'
import { useText as useRepeatText } from './repeat/texts'
import { isMoving } from './state'
import { useText } from './texts'

const calls = {
  unschedule: unscheduleBroadcast,
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
  const sayRepeat = useRepeatText()
  const recurs = !!broadcast.definition.timing?.repeat
  const isUnderWay = isMoving(state) || state === 'repeating'
  const isWaiting = state === 'scheduled' || state === 'repeating' || (recurs && state === 'paused')
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
      {maySend && isWaiting && (
        <Button variant="default" loading={act.isPending} onClick={() => act.mutate('unschedule')}>
          {t('unschedule')}
        </Button>
      )}
      {maySend && state === 'draft' && <Button onClick={() => setAsks('send')}>{t('send')}</Button>}
      {asks === 'test' && (
        <TestDialog
          broadcastId={broadcast.id}
          letters={1 + (broadcast.definition.experiment?.others?.length ?? 0)}
          onClose={() => setAsks(undefined)}
        />
      )}
      {asks === 'send' && (
        <ConfirmSending broadcast={broadcast} onClose={() => setAsks(undefined)} />
      )}
      <Confirm
        isOpen={asks === 'cancel'}
        isBusy={act.isPending}
        isIrreversible
        title={recurs ? sayRepeat('cancel_title') : t('cancel_title')}
        confirmLabel={t('cancel_now')}
        onClose={() => setAsks(undefined)}
        onConfirm={() => act.mutate('cancel')}
      >
        {recurs ? sayRepeat('cancel_what') : t('cancel_what')}
      </Confirm>
    </>
  )
}

function useAct(broadcastId: string, onDone: () => void) {
  const t = useText()
  const sayError = useErrorLine()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (act: Act) =>
      calls[act]({ path: { broadcast_id: broadcastId }, throwOnError: true }),
    onSuccess: (_, act) => toast(t(`done_${act}`)),
    onError: (error) => toastFailure(sayError(error)),
    onSettled: () => {
      onDone()
      return queries.invalidateQueries()
    },
  })
}
