import { Button, CopyButton } from '@mantine/core'
import { useText as useAccountText } from '@/account/texts'
import styles from './SettingsPage.module.css'

interface Props {
  /** What it is, and that it is not shown again. */
  note: string
  value: string
}

/** A secret at the one moment it is known. */
export function ShownOnce({ note, value }: Props) {
  return (
    <div className={styles.shown} role="status">
      <p>{note}</p>
      <code className={styles.secret}>{value}</code>
      <Copy value={value} />
    </div>
  )
}

export function Copy({ value, label }: { value: string; label?: string }) {
  const words = useAccountText()
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Button variant="default" size="xs" onClick={copy} aria-label={label}>
          {words(copied ? 'copied' : 'copy')}
        </Button>
      )}
    </CopyButton>
  )
}
