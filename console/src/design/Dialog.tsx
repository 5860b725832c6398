import { CloseButton } from '@mantine/core'
import { type ReactNode, type RefObject, useEffect, useId, useLayoutEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import styles from './Dialog.module.css'
import { useText } from './texts'

interface Props {
  title: string
  onClose: () => void
  children: ReactNode
  /** Without it there must be another way out among the children. */
  hasCloseButton?: boolean
  /** At the right edge, as tall as the screen: for the navigation. */
  isAtSide?: boolean
  isWide?: boolean
}

/**
 * The browser's own modal dialog: it holds the focus, and gives it back.
 *
 * It is open as long as it is there. What has `data-autofocus` has the focus first.
 */
export function Dialog(props: Props) {
  const { title, onClose, children, hasCloseButton = true, isAtSide, isWide } = props
  const t = useText()
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    shown?.querySelector<HTMLElement>('[data-autofocus]')?.focus()
    return () => shown?.close()
  }, [])
  useDismissal(dialog, onClose)
  return createPortal(
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={id}
      data-side={isAtSide || undefined}
      data-wide={isWide || undefined}
    >
      <div className={styles.sheet}>
        <div className={styles.head}>
          <h2 id={id}>{title}</h2>
          {hasCloseButton && <CloseButton aria-label={t('close')} onClick={onClose} />}
        </div>
        {children}
      </div>
    </dialog>,
    document.body,
  )
}

/** Escape and a press beside the dialog ask to close it. */
function useDismissal(dialog: RefObject<HTMLDialogElement | null>, onClose: () => void) {
  const close = useRef(onClose)
  close.current = onClose
  useEffect(() => {
    const shown = dialog.current
    if (!shown) return
    const stop = new AbortController()
    const { signal } = stop
    const onCancel = (event: Event) => {
      if (event.target !== shown) return // a file chooser within was left
      event.preventDefault()
      close.current()
    }
    const onPress = (event: Event) => event.target === shown && close.current()
    shown.addEventListener('cancel', onCancel, { signal })
    shown.addEventListener('pointerdown', onPress, { signal })
    // Browsers close by themselves when Escape is pressed again and again.
    shown.addEventListener('close', () => shown.open || close.current(), { signal })
    return () => stop.abort()
  }, [dialog])
}
