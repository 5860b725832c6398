import { type ReactNode, type Ref, useLayoutEffect } from 'react'
import styles from './Popover.module.css'
import { usePopover } from './usePopover'

interface Props {
  label: string
  isOpen: boolean
  onToggle: (isOpen: boolean) => void
  /** The button that opens it; must take these. */
  button: (props: ButtonProps) => ReactNode
  children: ReactNode
}

interface ButtonProps {
  ref: Ref<HTMLButtonElement>
  'aria-haspopup': 'dialog'
  'aria-expanded': boolean
  onClick: () => void
}

/** A panel beside the button that opens it. What has `data-autofocus` has the focus first. */
export function Popover({ label, isOpen, onToggle, button, children }: Props) {
  const { anchor, panel, onKeyDown } = usePopover<HTMLButtonElement>({
    isOpen,
    onClose: () => onToggle(false),
  })
  useLayoutEffect(() => {
    if (isOpen) panel.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus()
  }, [isOpen, panel])
  return (
    <>
      {button({
        ref: anchor,
        'aria-haspopup': 'dialog',
        'aria-expanded': isOpen,
        onClick: () => onToggle(!isOpen),
      })}
      {isOpen && (
        <div
          ref={panel}
          popover="manual"
          role="dialog"
          aria-label={label}
          className={styles.panel}
          onKeyDown={onKeyDown}
        >
          {children}
        </div>
      )}
    </>
  )
}
