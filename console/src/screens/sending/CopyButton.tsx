import { Button } from '@mantine/core'
import { toast } from '@/design'
import styles from './SendingPage.module.css'
import { useText } from './texts'

/** Puts a text on the clipboard. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const t = useText()
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    toast(t('copied'))
  }
  return (
    <Button
      className={styles.copy}
      size="compact-sm"
      variant="default"
      aria-label={label}
      onClick={() => void copy()}
    >
      {t('copy')}
    </Button>
  )
}
