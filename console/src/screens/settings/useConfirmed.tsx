import { Alert, Button, Group, PasswordInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { useRefusal } from '@/account/refusals'
import { useText as useAccountText } from '@/account/texts'
import { ApiError } from '@/api/client'
import { confirmSession } from '@/api/generated'
import { renewSession } from '@/app/session'
import { Dialog } from '@/design'
import styles from './SettingsPage.module.css'
import { useText } from './texts'

type Act = () => Promise<unknown>

/**
 * Runs what is too grave for a browser that was left open: where the server wants the password once
 * more, `dialog` asks for it and the act is tried again.
 */
export function useConfirmed(): {
  run: <T>(act: () => Promise<T>) => Promise<T>
  dialog: ReactNode
} {
  const [isAsking, setIsAsking] = useState(false)
  const waiting = useRef<{ go: Act; stop: (error: unknown) => void }>(undefined)
  const run = async <T,>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof ApiError && error.body?.code === 'confirmation_needed')) throw error
      setIsAsking(true)
      return new Promise<T>((resolve, reject) => {
        waiting.current = { go: () => act().then(resolve, reject), stop: reject }
      })
    }
  }
  const close = () => {
    setIsAsking(false)
    waiting.current?.stop(new DOMException('stopped', 'AbortError'))
  }
  const goOn = () => {
    setIsAsking(false)
    void waiting.current?.go()
  }
  const dialog = isAsking && <AskForPassword onClose={close} onConfirmed={goOn} />
  return { run, dialog }
}

function AskForPassword({
  onClose,
  onConfirmed,
}: {
  onClose: () => void
  onConfirmed: () => void
}) {
  const t = useText()
  const words = useAccountText()
  const refusal = useRefusal('refused_password')
  const [password, setPassword] = useState('')
  const confirm = useMutation({
    mutationFn: async () => {
      await confirmSession({ body: { password }, throwOnError: true })
      await renewSession()
    },
    onSuccess: onConfirmed,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate()
  }
  return (
    <Dialog onClose={onClose} title={t('confirm_title')}>
      <form className={styles.form} onSubmit={submit}>
        <p>{t('confirm_reason')}</p>
        <PasswordInput
          label={words('password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-autofocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-hidden': true }}
        />
        {confirm.error && (
          <Alert color="shu" role="alert">
            {refusal(confirm.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words('cancel')}
          </Button>
          <Button type="submit" loading={confirm.isPending}>
            {t('confirm')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}
