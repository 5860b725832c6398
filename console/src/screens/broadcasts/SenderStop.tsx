import { Button, Group, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type SenderReport, sendBroadcastUnchecked } from '@/api/generated'
import { listApprovalsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { Dialog, TextLink, toast, toastFailure, useErrorLine } from '@/design'
import { useLanguage } from '@/language/texts'
import { isAsked } from '../approvals/approval'
import { useText as useApprovalText } from '../approvals/texts'
import { useText } from './texts'

interface Props {
  broadcastId: string
  report: SenderReport
  onClose: () => void
}

/** Stands in the way of sending from a domain that breaks rules; an administrator may say why not. */
export function SenderStop({ broadcastId, report, onClose }: Props) {
  const t = useText()
  const language = useLanguage()
  const isAdmin = useMay('admin')
  const { domain } = report
  const failed = report.findings.filter((one) => one.level === 'fail')
  return (
    <Dialog title={t('stopped_title', { domain })} onClose={onClose}>
      <p>{t('stopped_what')}</p>
      <ul>
        {failed.map((one) => (
          <li key={one.code}>{language === 'ja' ? one.ja : one.en}</li>
        ))}
      </ul>
      <p>
        <TextLink to="/sending/senders/$domain" params={{ domain }}>
          {t('stopped_mend')}
        </TextLink>
      </p>
      {isAdmin ? <SendUnchecked broadcastId={broadcastId} onClose={onClose} /> : t('stopped_admin')}
    </Dialog>
  )
}

function SendUnchecked({ broadcastId, onClose }: { broadcastId: string; onClose: () => void }) {
  const t = useText()
  const sayApproval = useApprovalText()
  const line = useErrorLine()
  const queries = useQueryClient()
  // An approval holds for the reason it was asked with.
  const asked = useQuery(listApprovalsOptions({ query: { target: broadcastId, limit: 1 } }))
  const [typed, setTyped] = useState<string>()
  const reason = typed ?? asked.data?.[0]?.wish.note ?? ''
  const send = useMutation({
    mutationFn: () =>
      sendBroadcastUnchecked({
        path: { broadcast_id: broadcastId },
        body: { reason },
        throwOnError: true,
      }),
    onSuccess: () => toast(t('done_send')),
    onError: (error) =>
      isAsked(error) ? toast(sayApproval('asked_done')) : toastFailure(line(error)),
    onSettled: () => {
      onClose()
      return queries.invalidateQueries()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    send.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Textarea
        label={t('stopped_why')}
        description={t('stopped_why_note')}
        required
        withAsterisk={false}
        minLength={3}
        maxLength={500}
        value={reason}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('stopped_not')}
        </Button>
        <Button type="submit" color="shu" loading={send.isPending}>
          {t('stopped_send')}
        </Button>
      </Group>
    </form>
  )
}
