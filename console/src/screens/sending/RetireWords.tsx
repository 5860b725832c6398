import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { retireWording, type Wording } from '@/api/generated'
import { Confirm, toast, toastFailure, useErrorLine } from '@/design'
import { useText } from './texts'

interface Props {
  wording: Wording
  isShown: boolean
}

/** Lets nobody agree under a version any more, after asking. */
export function RetireWords({ wording: { version }, isShown }: Props) {
  const t = useText()
  const line = useErrorLine()
  const queries = useQueryClient()
  const [isAsking, setIsAsking] = useState(false)
  const retire = useMutation({
    mutationFn: () => retireWording({ path: { version }, throwOnError: true }),
    onSuccess: () => toast(t('saved')),
    onError: (error) => toastFailure(line(error)),
    onSettled: () => {
      setIsAsking(false)
      return queries.invalidateQueries()
    },
  })
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        aria-label={t('wording_retire_of', { version })}
        onClick={() => setIsAsking(true)}
      >
        {t('wording_retire')}
      </Button>
      <Confirm
        isOpen={isAsking}
        isBusy={retire.isPending}
        title={t('wording_retire_title', { version })}
        confirmLabel={t('wording_retire')}
        onClose={() => setIsAsking(false)}
        onConfirm={() => retire.mutate()}
      >
        {t('wording_retire_what')} {isShown && t('wording_retire_shown')}
      </Confirm>
    </>
  )
}
