import { Alert, Button, Group } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { useText as useAccountText } from '@/account/texts'
import { Dialog } from '@/design'
import styles from './SettingsPage.module.css'

interface Props {
  title: string
  /** What the button says; as the title if left out. */
  action?: string
  /** Why it could not be made. */
  fault: string | undefined
  isReady?: boolean
  isBusy: boolean
  onSubmit: () => void
  onClose: () => void
  /** The fields. */
  children: ReactNode
}

/** Asks for what is needed to make something. */
export function MakeDialog(props: Props) {
  const { title, action = title, fault, isReady = true, isBusy, onSubmit, onClose } = props
  const words = useAccountText()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <Dialog onClose={onClose} title={title}>
      <form className={styles.form} onSubmit={submit}>
        {props.children}
        {fault && (
          <Alert color="shu" role="alert">
            {fault}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words('cancel')}
          </Button>
          <Button type="submit" disabled={!isReady} loading={isBusy}>
            {action}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}
