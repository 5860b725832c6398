import { Alert, Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useRefusal } from '@/account/refusals'
import { beginTotp, confirmTotp, removeTotp, type TotpAnswer } from '@/api/generated'
import { Badge, Confirm, Section } from '@/design'
import { RecoveryCodes } from './RecoverySection'
import styles from './SettingsPage.module.css'
import type { SectionProps } from './sections'
import { useText } from './texts'

/** The authenticator app: set up by a QR code that is drawn here, or removed. */
export function AppSection({ hasApp, run, onChange }: SectionProps & { hasApp: boolean }) {
  const t = useText()
  const refusal = useRefusal()
  const [setup, setSetup] = useState<TotpAnswer>()
  const [codes, setCodes] = useState<string[]>()
  const [isRemoving, setIsRemoving] = useState(false)
  const begin = useMutation({
    mutationFn: () => run(async () => (await beginTotp({ throwOnError: true })).data),
    onSuccess: setSetup,
  })
  const remove = useMutation({
    mutationFn: () => run(() => removeTotp({ throwOnError: true })),
    onSuccess: onChange,
    onSettled: () => setIsRemoving(false),
  })
  const onConfirmed = async (made: string[]) => {
    setSetup(undefined)
    setCodes(made)
    await onChange()
  }
  const error = begin.error ?? remove.error
  return (
    <Section
      title={t('app')}
      note={t('app_note')}
      aside={<Badge tone={hasApp ? 'good' : 'neutral'}>{t(hasApp ? 'on' : 'off')}</Badge>}
    >
      <div className={styles.stack}>
        {codes && <RecoveryCodes codes={codes} />}
        {setup && !hasApp && <SetUp setup={setup} run={run} onConfirmed={onConfirmed} />}
        {!setup && !hasApp && (
          <Button loading={begin.isPending} onClick={() => begin.mutate()}>
            {t('app_begin')}
          </Button>
        )}
        {hasApp && (
          <Button variant="default" onClick={() => setIsRemoving(true)}>
            {t('app_remove')}
          </Button>
        )}
        {error && (
          <Alert color="shu" role="alert">
            {refusal(error)}
          </Alert>
        )}
      </div>
      <Confirm
        isOpen={isRemoving}
        onClose={() => setIsRemoving(false)}
        onConfirm={() => remove.mutate()}
        title={t('app_remove_title')}
        confirmLabel={t('app_remove')}
        isIrreversible
        isBusy={remove.isPending}
      >
        {t('app_remove_reason')}
      </Confirm>
    </Section>
  )
}

interface SetUpProps {
  setup: TotpAnswer
  run: SectionProps['run']
  onConfirmed: (codes: string[]) => void
}

function SetUp({ setup, run, onConfirmed }: SetUpProps) {
  const t = useText()
  const refusal = useRefusal('refused_code')
  const [code, setCode] = useState('')
  const confirm = useMutation({
    mutationFn: () =>
      run(async () => (await confirmTotp({ body: { code }, throwOnError: true })).data.codes),
    onSuccess: onConfirmed,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate()
  }
  const { size, path } = setup.qr
  return (
    <div className={styles.enrol}>
      <svg
        className={styles.qr}
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={t('app_qr')}
      >
        <path d={path} fill="#000" shapeRendering="crispEdges" />
      </svg>
      <form className={styles.form} onSubmit={submit}>
        <p>{t('app_scan')}</p>
        <p className={styles.secret}>{setup.secret.match(/.{1,4}/g)?.join(' ')}</p>
        <TextInput
          label={t('app_code')}
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          withAsterisk={false}
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {confirm.error && (
          <Alert color="shu" role="alert">
            {refusal(confirm.error)}
          </Alert>
        )}
        <Button type="submit" loading={confirm.isPending}>
          {t('app_confirm')}
        </Button>
      </form>
    </div>
  )
}
