import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './Confirm.module.css'
import { Dialog } from './Dialog'
import { useText } from './texts'

interface Props {
  isOpen: boolean
  onClose: () => void
  onConfirm: () => void
  /** The question: "Send to 1,240 people?" */
  title: string
  /** What will happen. */
  children: ReactNode
  /** The act, as a verb: never "OK". */
  confirmLabel: string
  /** Vermilion, and says that there is no way back. */
  isIrreversible?: boolean
  isBusy?: boolean
}

/** Asks before something that reaches people or cannot be undone. The safe way out has the focus. */
export function Confirm(props: Props) {
  const t = useText()
  const { isOpen, onClose, onConfirm, title, children, confirmLabel, isIrreversible, isBusy } =
    props
  if (!isOpen) return null
  return (
    <Dialog title={title} onClose={onClose} hasCloseButton={false}>
      <div className={styles.body}>{children}</div>
      {isIrreversible && <p className={styles.warning}>{t('irreversible')}</p>}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('cancel')}
        </Button>
        <Button color={isIrreversible ? 'shu' : 'ai'} loading={isBusy} onClick={onConfirm}>
          {confirmLabel}
        </Button>
      </Group>
    </Dialog>
  )
}
