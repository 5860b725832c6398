import { Alert, Button, TextInput } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { hasPasskeys } from '@/account/passkeys'
import { useRefusal } from '@/account/refusals'
import { useText as useAccountText } from '@/account/texts'
import { type LogInAnswer, logInByCode } from '@/api/generated'
import { Door } from './Door'
import { logInWithPasskey } from './PasswordStep'
import styles from './steps.module.css'
import { useText } from './texts'

interface Props {
  step: LogInAnswer
  onAnswer: (answer: LogInAnswer) => void
  onAgain: () => void
}

export function FactorStep({ step, onAnswer, onAgain }: Props) {
  const t = useText()
  const words = useAccountText()
  const refusal = useRefusal('refused_code')
  const [code, setCode] = useState('')
  const { ticket = '', methods = [] } = step
  const byCode = useMutation({
    mutationFn: async () =>
      (await logInByCode({ body: { ticket, code }, throwOnError: true })).data,
    onSuccess: onAnswer,
  })
  const byPasskey = useMutation({
    mutationFn: () => logInWithPasskey(ticket),
    onSuccess: onAnswer,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    byPasskey.reset()
    byCode.mutate()
  }
  const error = byCode.error ?? byPasskey.error
  return (
    <Door title={t('second_title')} reason={t('second_reason')}>
      {methods.includes('passkey') && hasPasskeys && (
        <Button
          size="md"
          leftSection={<IconFingerprint aria-hidden size={20} />}
          loading={byPasskey.isPending}
          onClick={() => byPasskey.mutate()}
        >
          {t('use_passkey')}
        </Button>
      )}
      <form className={styles.form} onSubmit={submit}>
        <TextInput
          label={words('code')}
          name="code"
          autoComplete="one-time-code"
          required
          withAsterisk={false}
          autoFocus
          classNames={{ input: styles.code }}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {error && (
          <Alert color="shu" role="alert">
            {refusal(error)}
          </Alert>
        )}
        <Button
          type="submit"
          size="md"
          variant={methods.includes('passkey') && hasPasskeys ? 'default' : 'filled'}
          loading={byCode.isPending}
        >
          {t('go_on')}
        </Button>
      </form>
      <div className={styles.row}>
        <Button variant="subtle" size="compact-md" onClick={onAgain}>
          {t('begin_again')}
        </Button>
      </div>
      <p className={styles.hint}>{t('forgotten')}</p>
    </Door>
  )
}
