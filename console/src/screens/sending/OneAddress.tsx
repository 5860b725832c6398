import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { addSuppression, listSuppressions, removeSuppression } from '@/api/generated'
import { useMay } from '@/app/session'
import { Confirm, toast, toastFailure, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import styles from './SendingPage.module.css'
import { useText } from './texts'

const calls = {
  suppressed_now: async (address: string) => {
    await addSuppression({ body: { address }, throwOnError: true })
  },
  lifted: async (address: string) => {
    await removeSuppression({ body: { address }, throwOnError: true })
  },
}

/** One address: whether it is on the list, on to it, off it. */
export function OneAddress() {
  const t = useText()
  const line = useErrorLine()
  const queries = useQueryClient()
  const [address, setAddress] = useState('')
  const [isAsking, setIsAsking] = useState(false)
  const said = useLookUp()
  const change = useMutation({
    mutationFn: async (act: keyof typeof calls) => {
      await calls[act](address)
      return act
    },
    onSuccess: (act) => toast(t(act, { address })),
    onError: (error) => toastFailure(line(error)),
    onSettled: () => {
      setIsAsking(false)
      said.reset()
      return queries.invalidateQueries()
    },
  })
  const mayWrite = useMay('write')
  const isAdmin = useMay('admin')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    said.mutate(address)
  }
  return (
    <form className={styles.stack} onSubmit={submit}>
      <div className={styles.actions}>
        <TextInput
          label={t('address')}
          type="email"
          required
          withAsterisk={false}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={said.isPending}>
          {t('look_up')}
        </Button>
        {mayWrite && (
          <Button
            variant="default"
            disabled={!address}
            onClick={() => change.mutate('suppressed_now')}
          >
            {t('suppress')}
          </Button>
        )}
        {isAdmin && (
          <Button variant="default" disabled={!address} onClick={() => setIsAsking(true)}>
            {t('lift')}
          </Button>
        )}
      </div>
      {said.data && <p role="status">{said.data}</p>}
      <Confirm
        isOpen={isAsking}
        isBusy={change.isPending}
        title={t('lift_title', { address })}
        confirmLabel={t('lift')}
        onClose={() => setIsAsking(false)}
        onConfirm={() => change.mutate('lifted')}
      >
        {t('lift_what')}
      </Confirm>
    </form>
  )
}

function useLookUp() {
  const t = useText()
  const line = useErrorLine()
  const format = useFormat()
  return useMutation({
    mutationFn: async (address: string) => {
      const { data } = await listSuppressions({ query: { address }, throwOnError: true })
      const reasons = data.map((one) => `${t(`suppressed_${one.reason}`)} (${format.day(one.at)})`)
      return data.length
        ? t('listed', { address, reasons: format.list(reasons) })
        : t('not_listed', { address })
    },
    onError: (error) => toastFailure(line(error)),
  })
}
