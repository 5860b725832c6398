import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { changeOffer, type Offer } from '@/api/generated'
import { getOfferQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { Confirm, toast, toastFailure, useErrorLine } from '@/design'
import { useText } from './texts'

/** Ends an offer, after asking; begins one again at once. */
export function EndButton({ offer }: { offer: Offer }) {
  const t = useText()
  const sayError = useErrorLine()
  const queries = useQueryClient()
  const [isAsked, setIsAsked] = useState(false)
  const path = { offer_id: offer.id }
  const change = useMutation({
    mutationFn: (is_ended: boolean) =>
      changeOffer({
        path,
        body: { definition: offer.definition, is_ended },
        throwOnError: true,
      }),
    onSuccess: (_, isEnded) => {
      toast(t(isEnded ? 'done_end' : 'done_begin'))
      return queries.invalidateQueries({ queryKey: getOfferQueryKey({ path }) })
    },
    onError: (error) => toastFailure(sayError(error)),
    onSettled: () => setIsAsked(false),
  })
  if (offer.is_ended) {
    return (
      <Button loading={change.isPending} onClick={() => change.mutate(false)}>
        {t('begin')}
      </Button>
    )
  }
  return (
    <>
      <Button variant="default" onClick={() => setIsAsked(true)}>
        {t('end')}
      </Button>
      <Confirm
        isOpen={isAsked}
        isBusy={change.isPending}
        title={t('end_title', { name: offer.definition.name })}
        confirmLabel={t('end')}
        onClose={() => setIsAsked(false)}
        onConfirm={() => change.mutate(true)}
      >
        {t('end_what')}
      </Confirm>
    </>
  )
}
