import { Button, Group, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Approval, approve, type Broadcast, decline } from '@/api/generated'
import { listApprovalsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useSession } from '@/app/session'
import { Section, toast, toastFailure, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import styles from './Approvals.module.css'
import { useMayAnswer } from './approval'
import { useText } from './texts'

/** What a draft waits for, or was told, by a second member; nothing while nobody was asked. */
export function ApprovalSection({ broadcast }: { broadcast: Broadcast }) {
  const t = useText()
  const query = { target: broadcast.id, limit: 1 }
  const newest = useQuery(listApprovalsOptions({ query })).data?.[0]
  if (newest?.state !== 'waiting' && newest?.state !== 'approved' && newest?.state !== 'declined') {
    return null
  }
  return (
    <Section title={t(`title_${newest.state}`)}>
      <div className={styles.approval}>
        <Asked approval={newest} />
        {newest.wish.version === broadcast.version ? (
          <Answered approval={newest} />
        ) : (
          <p>{t('changed')}</p>
        )}
      </div>
    </Section>
  )
}

function Asked({ approval }: { approval: Approval }) {
  const t = useText()
  const { wish, asked_by } = approval
  return (
    <>
      <p>{t('asked', { who: asked_by, version: wish.version, count: wish.n_people })}</p>
      {wish.note && <p>{t('asker_says', { note: wish.note })}</p>}
      <p>{t('why')}</p>
      <ul>
        {wish.reasons.map((one) => (
          <li key={one}>{t(`reason_${one}`)}</li>
        ))}
      </ul>
    </>
  )
}

function Answered({ approval }: { approval: Approval }) {
  const t = useText()
  const format = useFormat()
  const { name } = useSession()
  const mayAnswer = useMayAnswer()(approval)
  const { state, decided_by, expires_at, answer, asked_by, wish } = approval
  const when = format.instant(expires_at)
  if (state !== 'waiting') {
    return (
      <>
        <p>{t(state === 'approved' ? 'approved_by' : 'declined_by', { who: decided_by, when })}</p>
        {answer && <p>{t('asker_says', { note: answer })}</p>}
      </>
    )
  }
  if (mayAnswer) return <Answer approval={approval} />
  const isOwn = asked_by === name
  return (
    <p>
      {isOwn ? t('your_own') : wish.reasons.includes('sender') && t('needs_admin')}{' '}
      {t('until', { when })}
    </p>
  )
}

const answers = { approve, decline }

function Answer({ approval }: { approval: Approval }) {
  const t = useText()
  const format = useFormat()
  const line = useErrorLine()
  const queries = useQueryClient()
  const [note, setNote] = useState('')
  const answer = useMutation({
    mutationFn: (act: keyof typeof answers) =>
      answers[act]({ path: { approval_id: approval.id }, body: { note }, throwOnError: true }),
    onSuccess: (_, act) => toast(t(`done_${act}`)),
    onError: (error) => toastFailure(line(error)),
    onSettled: () => queries.invalidateQueries(),
  })
  return (
    <>
      <TextInput
        label={t('note')}
        description={t('until', { when: format.instant(approval.expires_at) })}
        maxLength={500}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Group>
        <Button loading={answer.isPending} onClick={() => answer.mutate('approve')}>
          {t('approve')}
        </Button>
        <Button
          variant="default"
          disabled={answer.isPending}
          onClick={() => answer.mutate('decline')}
        >
          {t('decline')}
        </Button>
      </Group>
    </>
  )
}
