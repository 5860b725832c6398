import { Alert, Button, PasswordInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useRefusal } from '@/account/refusals'
import { useText as useAccountText } from '@/account/texts'
import { readLink, redeemLink } from '@/api/generated'
import { Loading } from '@/design'
import { Door } from './Door'
import styles from './steps.module.css'
import { useText } from './texts'

/** Where a one-time link leads: its token stands behind the #, which no log and no referrer has. */
export default function WelcomeScreen() {
  const t = useText()
  const refusal = useRefusal()
  const [token] = useState(() => window.location.hash.slice(1))
  const link = useQuery({
    queryKey: ['one-time link'],
    queryFn: async () => (await readLink({ body: { token }, throwOnError: true })).data,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [isDone, setIsDone] = useState(false)
  if (isDone) {
    return (
      <Door title={t('done_title')} reason={t('done_reason')}>
        <Button component="a" href="/app/login" size="md">
          {t('log_in')}
        </Button>
      </Door>
    )
  }
  if (link.isError) return <Door title={t('spent_title')} reason={refusal(link.error)} />
  if (!link.data) {
    return (
      <Door title={t('invitation_title')}>
        <Loading />
      </Door>
    )
  }
  const isInvitation = link.data.kind === 'invitation'
  const { email } = link.data
  return (
    <Door
      title={t(isInvitation ? 'invitation_title' : 'reset_title')}
      reason={t(isInvitation ? 'invitation_reason' : 'reset_reason', { email })}
    >
      <NewPassword token={token} email={email} onDone={() => setIsDone(true)} />
    </Door>
  )
}

interface NewPasswordProps {
  token: string
  email: string
  onDone: () => void
}

function NewPassword({ token, email, onDone }: NewPasswordProps) {
  const t = useText()
  const words = useAccountText()
  const refusal = useRefusal()
  const [password, setPassword] = useState('')
  const redeem = useMutation({
    mutationFn: () => redeemLink({ body: { token, password }, throwOnError: true }),
    onSuccess: onDone,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    redeem.mutate()
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
      <PasswordInput
        label={words('new_password')}
        description={words('password_rule')}
        name="password"
        autoComplete="new-password"
        required
        withAsterisk={false}
        autoFocus
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-hidden': true }}
      />
      {redeem.error && (
        <Alert color="shu" role="alert">
          {refusal(redeem.error)}
        </Alert>
      )}
      <Button type="submit" size="md" loading={redeem.isPending}>
        {t('set_password')}
      </Button>
    </form>
  )
}
