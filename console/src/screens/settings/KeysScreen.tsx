import { Button, Checkbox } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type ApiKey, createKey, type NewApiKey, revokeKey } from '@/api/generated'
import { listKeysOptions, listKeysQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import {
  Confirm,
  DataTable,
  EmptyState,
  Loaded,
  NumberField,
  toastFailure,
  useErrorLine,
} from '@/design'
import { useFormat } from '@/language/format'
import { MakeDialog } from './MakeDialog'
import { NameField } from './NameField'
import { SettingsPage } from './SettingsPage'
import styles from './SettingsPage.module.css'
import { ShownOnce } from './ShownOnce'
import { useText } from './texts'

/** Keys of programs: what each may do and when it last did. */
export default function KeysScreen() {
  const t = useText()
  const keys = useQuery(listKeysOptions())
  const queries = useQueryClient()
  const [isMaking, setIsMaking] = useState(false)
  const [made, setMade] = useState<NewApiKey>()
  const onMade = async (key: NewApiKey) => {
    setMade(key)
    setIsMaking(false)
    await queries.invalidateQueries({ queryKey: listKeysQueryKey() })
  }
  const count = keys.data?.length ?? 0
  return (
    <SettingsPage
      title={keys.data ? t(count ? 'keys_title' : 'keys_empty', { count }) : t('nav_keys')}
      reason={t('keys_reason')}
      action={<Button onClick={() => setIsMaking(true)}>{t('key_make')}</Button>}
    >
      <div className={styles.block}>
        {made && <ShownOnce note={t('key_once', { name: made.name })} value={made.secret} />}
        <Loaded query={keys}>
          {(found) =>
            found.length ? (
              <KeysTable keys={found} />
            ) : (
              <EmptyState>{t('keys_empty_reason')}</EmptyState>
            )
          }
        </Loaded>
      </div>
      {isMaking && <KeyDialog onClose={() => setIsMaking(false)} onMade={onMade} />}
    </SettingsPage>
  )
}

function KeysTable({ keys }: { keys: ApiKey[] }) {
  const t = useText()
  const format = useFormat()
  const line = useErrorLine()
  const queries = useQueryClient()
  const [leaving, setLeaving] = useState<ApiKey>()
  const revoke = useMutation({
    mutationFn: (key: ApiKey) => revokeKey({ path: { key_id: key.id }, throwOnError: true }),
    onSuccess: () => queries.invalidateQueries({ queryKey: listKeysQueryKey() }),
    onError: (error) => toastFailure(line(error)),
    onSettled: () => setLeaving(undefined),
  })
  return (
    <>
      <DataTable
        caption={t('nav_keys')}
        rows={keys}
        rowKey={(one) => one.id}
        columns={[
          { id: 'name', header: t('name'), cell: (one) => one.name },
          {
            id: 'scopes',
            header: t('may'),
            cell: (one) => format.list(one.scopes.map((scope) => t(`scope_${scope as Scope}`))),
          },
          {
            id: 'rate',
            header: t('per_minute'),
            isNumber: true,
            cell: (one) => format.number(one.requests_per_minute),
          },
          {
            id: 'used',
            header: t('last_used'),
            cell: (one) => (one.last_used_at ? format.ago(one.last_used_at) : t('never')),
          },
          {
            id: 'actions',
            header: t('actions'),
            cell: (one) => (
              <Button variant="default" size="xs" onClick={() => setLeaving(one)}>
                {t('revoke')}
              </Button>
            ),
          },
        ]}
      />
      <Confirm
        isOpen={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        onConfirm={() => leaving && revoke.mutate(leaving)}
        title={t('revoke_title', { name: leaving?.name ?? '' })}
        confirmLabel={t('revoke')}
        isIrreversible
        isBusy={revoke.isPending}
      >
        {t('revoke_reason')}
      </Confirm>
    </>
  )
}

const scopes = ['read', 'write', 'send', 'export', 'admin'] as const
type Scope = (typeof scopes)[number]
const usualRate = 6000

function KeyDialog({ onClose, onMade }: { onClose: () => void; onMade: (key: NewApiKey) => void }) {
  const t = useText()
  const line = useErrorLine()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<string[]>(['read'])
  const [rate, setRate] = useState<number>(usualRate)
  const make = useMutation({
    mutationFn: async () => {
      const body = { name, scopes: chosen as Scope[], requests_per_minute: rate }
      return (await createKey({ body, throwOnError: true })).data
    },
    onSuccess: onMade,
  })
  return (
    <MakeDialog
      title={t('key_make')}
      fault={make.error ? line(make.error) : undefined}
      isReady={chosen.length > 0}
      isBusy={make.isPending}
      onSubmit={() => make.mutate()}
      onClose={onClose}
    >
      <NameField placeholder={t('key_example')} maxLength={100} value={name} onChange={setName} />
      <Checkbox.Group label={t('may')} value={chosen} onChange={setChosen}>
        <div className={styles.lines}>
          {scopes.map((scope) => (
            <Checkbox key={scope} value={scope} label={t(`scope_${scope}`)} />
          ))}
        </div>
      </Checkbox.Group>
      <NumberField
        label={t('per_minute')}
        min={1}
        max={1_000_000}
        isWhole
        value={rate}
        onChange={(value) => setRate(value ?? 1)}
      />
    </MakeDialog>
  )
}
