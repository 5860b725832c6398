import { Alert, Button, Divider, PasswordInput, TextInput } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { askForPasskey, hasPasskeys } from '@/account/passkeys'
import { useRefusal } from '@/account/refusals'
import { useText as useAccountText } from '@/account/texts'
import { beginLogInByPasskey, type LogInAnswer, logIn, logInByPasskey } from '@/api/generated'
import { Door } from './Door'
import styles from './steps.module.css'
import { useText } from './texts'

export function PasswordStep({ onAnswer }: { onAnswer: (answer: LogInAnswer) => void }) {
  const t = useText()
  const words = useAccountText()
  const refusal = useRefusal()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const byPassword = useMutation({
    mutationFn: async () => (await logIn({ body: { email, password }, throwOnError: true })).data,
    onSuccess: onAnswer,
  })
  const byPasskey = useMutation({ mutationFn: () => logInWithPasskey(), onSuccess: onAnswer })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    byPasskey.reset()
    byPassword.mutate()
  }
  const error = byPassword.error ?? byPasskey.error
  return (
    <Door title={t('title')} reason={t('reason')}>
      <form className={styles.form} onSubmit={submit}>
        <TextInput
          label={words('email')}
          type="email"
          name="email"
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={words('password')}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-hidden': true }}
        />
        {error && (
          <Alert color="shu" role="alert">
            {refusal(error)}
          </Alert>
        )}
        <Button type="submit" size="md" loading={byPassword.isPending}>
          {t('log_in')}
        </Button>
      </form>
      {hasPasskeys && (
        <>
          <Divider label={t('or')} />
          <Button
            variant="default"
            size="md"
            leftSection={<IconFingerprint aria-hidden size={20} />}
            loading={byPasskey.isPending}
            onClick={() => byPasskey.mutate()}
          >
            {t('with_passkey')}
          </Button>
        </>
      )}
      <p className={styles.hint}>{t('forgotten')}</p>
    </Door>
  )
}

/** Answers a challenge with a passkey: of a log-in that was begun, or on its own. */
export async function logInWithPasskey(ticket?: string): Promise<LogInAnswer> {
  const { data } = await beginLogInByPasskey({
    body: ticket ? { ticket } : {},
    throwOnError: true,
  })
  const credential = await askForPasskey(data.options)
  const answer = await logInByPasskey({
    body: { ticket: data.ticket, credential },
    throwOnError: true,
  })
  return answer.data
}
