import { Alert, Button, PasswordInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useRefusal } from '@/account/refusals'
import { useText as useAccountText } from '@/account/texts'
import { changePassword } from '@/api/generated'
import { Section, toast } from '@/design'
import styles from './SettingsPage.module.css'
import { useText } from './texts'

export function PasswordSection({ onChange }: { onChange: () => Promise<void> }) {
  const t = useText()
  const words = useAccountText()
  const refusal = useRefusal('refused_password')
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const change = useMutation({
    mutationFn: () => changePassword({ body: { current, new: password }, throwOnError: true }),
    onSuccess: async () => {
      setCurrent('')
      setPassword('')
      toast(t('password_changed'))
      await onChange()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  return (
    <Section title={words('password')} note={t('password_note')}>
      <form className={styles.form} onSubmit={submit}>
        <PasswordInput
          label={t('password_current')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-hidden': true }}
        />
        <PasswordInput
          label={words('new_password')}
          description={words('password_rule')}
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-hidden': true }}
        />
        {change.error && (
          <Alert color="shu" role="alert">
            {refusal(change.error)}
          </Alert>
        )}
        <Button type="submit" variant="default" loading={change.isPending}>
          {t('password_change')}
        </Button>
      </form>
    </Section>
  )
}
