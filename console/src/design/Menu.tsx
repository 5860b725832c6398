import { ActionIcon, type ActionIconProps } from '@mantine/core'
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useState } from 'react'
import styles from './Popover.module.css'
import { usePopover } from './usePopover'

export interface MenuEntry {
  key: string
  label: string
  act: () => void
  icon?: ReactNode
  /** The keys that do the same. */
  keys?: string
  isGrave?: boolean
}

interface Props extends ActionIconProps {
  label: string
  entries: MenuEntry[]
}

/** A button with an icon that opens a list of acts. */
export function Menu({ label, entries, children, ...button }: Props) {
  const [isOpen, setIsOpen] = useState(false)
  const { anchor, panel, onKeyDown } = usePopover<HTMLButtonElement>({
    isOpen,
    onClose: () => setIsOpen(false),
    isAtEnd: true,
  })
  useLayoutEffect(() => {
    if (isOpen) panel.current?.querySelector('button')?.focus()
  }, [isOpen, panel])
  const choose = (act: () => void) => {
    setIsOpen(false)
    anchor.current?.focus()
    act()
  }
  const step = (event: KeyboardEvent) => {
    onKeyDown(event)
    const items = [...(panel.current?.querySelectorAll('button') ?? [])]
    const to = nextOf(event.key, items)
    if (event.key === 'Tab') setIsOpen(false)
    if (!to) return
    event.preventDefault()
    event.stopPropagation()
    to.focus()
  }
  return (
    <>
      <ActionIcon
        {...button}
        ref={anchor}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        {children}
      </ActionIcon>
      {isOpen && (
        <div
          ref={panel}
          popover="manual"
          role="menu"
          aria-label={label}
          tabIndex={-1}
          className={styles.list}
          onKeyDown={step}
        >
          {entries.map(({ key, label: name, act, icon, keys, isGrave }) => (
            <button
              key={key}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className={styles.entry}
              data-grave={isGrave || undefined}
              onClick={() => choose(act)}
            >
              {icon}
              <span>{name}</span>
              {keys && <kbd>{keys}</kbd>}
            </button>
          ))}
        </div>
      )}
    </>
  )
}

/** Where a key leads: arrows go round, a letter goes to the next entry that begins with it. */
function nextOf(key: string, items: HTMLElement[]): HTMLElement | undefined {
  const here = items.indexOf(document.activeElement as HTMLElement)
  if (key === 'ArrowDown') return items[(here + 1) % items.length]
  if (key === 'ArrowUp') return items.at(here <= 0 ? -1 : here - 1)
  if (key === 'Home') return items[0]
  if (key === 'End') return items.at(-1)
  if (key.length !== 1 || key === ' ') return undefined
  const begins = (one: HTMLElement) => one.textContent?.toLowerCase().startsWith(key.toLowerCase())
  return [...items.slice(here + 1), ...items].find(begins)
}
