import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useText as useAccountText } from '@/account/texts'
import { addSuppression, removeSuppression } from '@/api/generated'
import {
  listSuppressionsOptions,
  listSuppressionsQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { DataTable, EmptyState, Loaded, Section, toast, toastFailure, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import styles from './SettingsPage.module.css'
import { useText } from './texts'

/** Addresses that are never mailed. They are kept as hashes, so the list names nobody. */
export function SuppressionsSection() {
  const t = useText()
  const format = useFormat()
  const found = useQuery(listSuppressionsOptions())
  return (
    <Section title={t('suppressions')} note={t('suppressions_note')}>
      <div className={styles.stack}>
        <AddressForm />
        <Loaded query={found}>
          {(rows) =>
            rows.length ? (
              <DataTable
                caption={t('suppressions')}
                rows={rows}
                rowKey={(one) => `${one.key} ${one.channel} ${one.reason}`}
                columns={[
                  {
                    id: 'at',
                    header: t('since'),
                    cell: (one) => format.instant(one.at),
                  },
                  {
                    id: 'reason',
                    header: t('suppression_reason'),
                    cell: (one) => t(`suppressed_${one.reason}`),
                  },
                ]}
              />
            ) : (
              <EmptyState title={t('suppressions_empty')}>
                {t('suppressions_empty_reason')}
              </EmptyState>
            )
          }
        </Loaded>
      </div>
    </Section>
  )
}

function AddressForm() {
  const t = useText()
  const words = useAccountText()
  const line = useErrorLine()
  const queries = useQueryClient()
  const isAdmin = useMay('admin')
  const [address, setAddress] = useState('')
  const change = useMutation({
    mutationFn: async (isLifted: boolean) => {
      const act = isLifted ? removeSuppression : addSuppression
      await act({ body: { address }, throwOnError: true })
      return isLifted
    },
    onSuccess: async (isLifted) => {
      toast(t(isLifted ? 'suppression_lifted' : 'suppression_added', { address }))
      setAddress('')
      await queries.invalidateQueries({ queryKey: listSuppressionsQueryKey() })
    },
    onError: (error) => toastFailure(line(error)),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate(false)
  }
  if (!useMay('write')) return null
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        label={words('email')}
        type="email"
        required
        withAsterisk={false}
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      <span className={styles.actions}>
        <Button type="submit" variant="default" loading={change.isPending}>
          {t('suppress')}
        </Button>
        {isAdmin && (
          <Button variant="default" disabled={!address} onClick={() => change.mutate(true)}>
            {t('suppression_lift')}
          </Button>
        )}
      </span>
    </form>
  )
}
