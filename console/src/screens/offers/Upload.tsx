import { Button, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { importOfferCodes, type Offer } from '@/api/generated'
import { getOfferQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { Section, toast, toastFailure, useErrorLine } from '@/design'
import styles from './Offers.module.css'
import { useText } from './texts'

/** Takes in codes that the shop made. */
export function Upload({ offer }: { offer: Offer }) {
  const t = useText()
  const sayError = useErrorLine()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const path = { offer_id: offer.id }
  const add = useMutation({
    mutationFn: async () =>
      (await importOfferCodes({ path, body: { text }, throwOnError: true })).data,
    onSuccess: ({ n_added, problems }) => {
      toast(t('uploaded', { count: n_added }))
      if (problems[0]) toastFailure(problems[0])
      else setText('')
      return queries.invalidateQueries({ queryKey: getOfferQueryKey({ path }) })
    },
    onError: (error) => toastFailure(sayError(error)),
  })
  return (
    <Section title={t('upload')} note={t('upload_note')}>
      <div className={styles.upload}>
        <Textarea
          aria-label={t('upload')}
          rows={4}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button disabled={!text.trim()} loading={add.isPending} onClick={() => add.mutate()}>
          {t('upload')}
        </Button>
      </div>
    </Section>
  )
}
