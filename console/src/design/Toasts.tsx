import { CloseButton } from '@mantine/core'
import { useLayoutEffect, useRef, useSyncExternalStore } from 'react'
import styles from './Toasts.module.css'
import { useText } from './texts'
import { dismiss, listToasts, subscribe } from './toasts'

/** The place in a corner where `toast` speaks: once on the page, above all dialogs. */
export function Toasts() {
  const t = useText()
  const toasts = useSyncExternalStore(subscribe, listToasts)
  const place = useRef<HTMLDivElement>(null)
  const newest = toasts.at(-1)?.id
  useLayoutEffect(() => {
    // What is shown last lies uppermost: a dialog may have been opened since.
    place.current?.hidePopover()
    if (newest !== undefined) place.current?.showPopover()
  }, [newest])
  return (
    <div ref={place} popover="manual" aria-live="polite" className={styles.toasts}>
      {toasts.map(({ id, message, isFailure }) => (
        <div key={id} className={styles.toast} data-failure={isFailure || undefined}>
          <p>{message}</p>
          {isFailure && (
            <CloseButton size="sm" aria-label={t('close')} onClick={() => dismiss(id)} />
          )}
        </div>
      ))}
    </div>
  )
}
