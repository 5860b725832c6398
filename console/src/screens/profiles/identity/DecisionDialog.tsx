import { Button, Group, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Identifier, mergeProfiles, unmergeProfiles } from '@/api/generated'
import { Dialog, toast, useErrorLine } from '@/design'
import styles from './identity.module.css'
import { useText } from './texts'

export type Decided = { kind: 'merge' } | { kind: 'unmerge'; what: Identifier }

interface Props {
  profileId: string
  decided: Decided
  onClose: () => void
}

/** Asks for the reason of a merge or an unmerge: it stays on record with who decided. */
export function DecisionDialog({ profileId, decided, onClose }: Props) {
  const t = useText()
  const errorLine = useErrorLine()
  const [reason, setReason] = useState('')
  const [other, setOther] = useState('')
  const queries = useQueryClient()
  const decide = useMutation({
    mutationFn: async () => {
      if (decided.kind === 'merge') {
        const body = { left: profileId, right: other.trim(), reason: reason.trim() }
        return await mergeProfiles({ body, throwOnError: true })
      }
      const right = `${decided.what.kind}:${decided.what.value}`
      const body = { left: profileId, right, reason: reason.trim() }
      return await unmergeProfiles({ body, throwOnError: true })
    },
    onSuccess: () => {
      toast(t('decided'))
      onClose()
      // The log takes the decision in behind the answer.
      setTimeout(() => queries.invalidateQueries(), 1_500)
    },
  })
  const isMerge = decided.kind === 'merge'
  const isReady = reason.trim() && (!isMerge || other.trim())
  return (
    <Dialog
      onClose={onClose}
      hasCloseButton={false}
      title={isMerge ? t('merge_title') : t('unmerge_title', { what: decided.what.value })}
    >
      <form
        className={styles.dialog}
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) decide.mutate()
        }}
      >
        <p>{t(isMerge ? 'merge_say' : 'unmerge_say')}</p>
        {isMerge && (
          <TextInput
            label={t('merge_with')}
            description={t('merge_with_how')}
            value={other}
            onChange={(event) => setOther(event.currentTarget.value)}
          />
        )}
        <Textarea
          label={t('reason')}
          description={t('reason_how')}
          autosize
          minRows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {decide.isError && <p role="alert">{errorLine(decide.error)}</p>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button type="submit" disabled={!isReady} loading={decide.isPending}>
            {t(isMerge ? 'merge_act' : 'unmerge_act')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}
