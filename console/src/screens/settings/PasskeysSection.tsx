import { Alert, Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { hasPasskeys, makePasskey } from '@/account/passkeys'
import { useRefusal } from '@/account/refusals'
import {
  addPasskey,
  beginPasskey,
  type Passkey,
  removePasskey,
  renamePasskey,
} from '@/api/generated'
import { Confirm, DataTable, Section, toastFailure } from '@/design'
import { useFormat } from '@/language/format'
import { RecoveryCodes } from './RecoverySection'
import styles from './SettingsPage.module.css'
import type { SectionProps } from './sections'
import { useText } from './texts'

/** Passkeys: made, named and removed. */
export function PasskeysSection({
  passkeys,
  run,
  onChange,
}: SectionProps & { passkeys: Passkey[] }) {
  const t = useText()
  const [codes, setCodes] = useState<string[]>()
  const onAdded = async (made: string[]) => {
    if (made.length) setCodes(made)
    await onChange()
  }
  return (
    <Section title={t('passkeys')} note={t('passkeys_note')}>
      <div className={styles.stack}>
        {passkeys.length > 0 && <List passkeys={passkeys} run={run} onChange={onChange} />}
        {codes && <RecoveryCodes codes={codes} />}
        {hasPasskeys ? <Add run={run} onAdded={onAdded} /> : <Elsewhere />}
      </div>
    </Section>
  )
}

function List({ passkeys, run, onChange }: SectionProps & { passkeys: Passkey[] }) {
  const t = useText()
  const format = useFormat()
  const refusal = useRefusal()
  const [leaving, setLeaving] = useState<Passkey>()
  const remove = useMutation({
    mutationFn: (one: Passkey) =>
      run(() => removePasskey({ path: { passkey_id: one.id }, throwOnError: true })),
    onSuccess: onChange,
    onError: (error) => toastFailure(refusal(error)),
    onSettled: () => setLeaving(undefined),
  })
  return (
    <>
      <DataTable
        caption={t('passkeys')}
        rows={passkeys}
        rowKey={(one) => one.id}
        columns={[
          {
            id: 'name',
            header: t('name'),
            cell: (one) => <Name passkey={one} onChange={onChange} />,
          },
          { id: 'host', header: t('passkey_host'), cell: (one) => one.host },
          {
            id: 'used',
            header: t('last_used'),
            cell: (one) => (one.last_used_at ? format.ago(one.last_used_at) : t('never')),
          },
          {
            id: 'remove',
            header: t('actions'),
            cell: (one) => (
              <Button variant="default" size="xs" onClick={() => setLeaving(one)}>
                {t('remove')}
              </Button>
            ),
          },
        ]}
      />
      <Confirm
        isOpen={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        onConfirm={() => leaving && remove.mutate(leaving)}
        title={t('passkey_remove_title', { name: leaving?.name ?? '' })}
        confirmLabel={t('remove')}
        isIrreversible
        isBusy={remove.isPending}
      >
        {t('passkey_remove_reason')}
      </Confirm>
    </>
  )
}

function Name({ passkey, onChange }: { passkey: Passkey; onChange: () => Promise<void> }) {
  const t = useText()
  const [name, setName] = useState(passkey.name)
  const rename = useMutation({
    mutationFn: () =>
      renamePasskey({ path: { passkey_id: passkey.id }, body: { name }, throwOnError: true }),
    onSuccess: onChange,
  })
  return (
    <TextInput
      aria-label={t('passkey_name')}
      variant="unstyled"
      maxLength={60}
      value={name}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={() => name.trim() && name !== passkey.name && rename.mutate()}
    />
  )
}

function Add({ run, onAdded }: { run: SectionProps['run']; onAdded: (codes: string[]) => void }) {
  const t = useText()
  const refusal = useRefusal()
  const [name, setName] = useState('')
  const add = useMutation({
    mutationFn: () =>
      run(async () => {
        const { data } = await beginPasskey({ throwOnError: true })
        const credential = await makePasskey(data.options)
        const body = { ticket: data.ticket, name: name.trim(), credential }
        return (await addPasskey({ body, throwOnError: true })).data.recovery_codes
      }),
    onSuccess: (codes) => {
      setName('')
      onAdded(codes)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        label={t('passkey_name')}
        placeholder={t('passkey_example')}
        maxLength={60}
        required
        withAsterisk={false}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {add.error && (
        <Alert color="shu" role="alert">
          {refusal(add.error)}
        </Alert>
      )}
      <Button type="submit" variant="default" loading={add.isPending}>
        {t('passkey_add')}
      </Button>
    </form>
  )
}

/** Passkeys belong to names: at a numeric address the browser has none. */
function Elsewhere() {
  const t = useText()
  const { protocol, port, pathname } = window.location
  const named = `${protocol}//localhost${port && `:${port}`}${pathname}`
  return (
    <p>
      {t('passkey_elsewhere')} <a href={named}>{named}</a>
    </p>
  )
}
