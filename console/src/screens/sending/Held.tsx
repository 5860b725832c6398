import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { resumeSender, type SenderSummary } from '@/api/generated'
import { useMay } from '@/app/session'
import { Confirm, toast, toastFailure, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import styles from './SendingPage.module.css'
import { useText } from './texts'

/** A sender whose mail waits, why, and letting it go on. */
export function Held({ sender }: { sender: SenderSummary }) {
  const t = useText()
  const format = useFormat()
  const line = useErrorLine()
  const queries = useQueryClient()
  const [isAsking, setIsAsking] = useState(false)
  const { domain, alarm } = sender
  const resume = useMutation({
    mutationFn: () => resumeSender({ path: { domain }, throwOnError: true }),
    onSuccess: () => toast(t('resumed', { domain })),
    onError: (error) => toastFailure(line(error)),
    onSettled: () => {
      setIsAsking(false)
      return queries.invalidateQueries()
    },
  })
  const maySend = useMay('send')
  if (!alarm) return null
  const rate = format.percent(alarm.n_complaints / Math.max(alarm.n_sent, 1), 2)
  return (
    <section className={styles.held} aria-label={t('health_held', { domain })}>
      <p>{t('held_why', { complaints: alarm.n_complaints, sent: alarm.n_sent, rate })}</p>
      <p>{t('held_what')}</p>
      {maySend && (
        <div>
          <Button color="shu" onClick={() => setIsAsking(true)}>
            {t('resume')}
          </Button>
        </div>
      )}
      <Confirm
        isOpen={isAsking}
        isBusy={resume.isPending}
        isIrreversible
        title={t('resume_title', { domain })}
        confirmLabel={t('resume')}
        onClose={() => setIsAsking(false)}
        onConfirm={() => resume.mutate()}
      >
        {t('resume_what')}
      </Confirm>
    </section>
  )
}
