import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef } from 'react'

const gap = 6
const edge = 8

interface Options {
  isOpen: boolean
  onClose: () => void
  /** The panel ends where the anchor ends, rather than beginning where it begins. */
  isAtEnd?: boolean
  /** At least as wide as the anchor. */
  isAsWide?: boolean
}

interface Popover<A extends HTMLElement> {
  anchor: RefObject<A | null>
  /** For an element that is there while it is open, with `popover="manual"`. */
  panel: RefObject<HTMLDivElement | null>
  /** Escape closes, and gives the focus back. */
  onKeyDown: (event: KeyboardEvent) => void
}

/** Shows a panel above everything, beside its anchor, until one presses or goes elsewhere. */
export function usePopover<A extends HTMLElement>(options: Options): Popover<A> {
  const { isOpen, onClose, isAtEnd = false, isAsWide = false } = options
  const anchor = useRef<A>(null)
  const panel = useRef<HTMLDivElement>(null)
  const close = useRef(onClose)
  close.current = onClose

  useLayoutEffect(() => {
    const [from, shown] = [anchor.current, panel.current]
    if (!isOpen || !from || !shown) return
    if (isAsWide) shown.style.minWidth = `${from.offsetWidth}px`
    shown.showPopover()
    const follow = () => place(shown, from.getBoundingClientRect(), isAtEnd)
    const observer = new ResizeObserver(follow)
    for (const one of [from, shown, ...shown.children]) observer.observe(one)
    window.addEventListener('scroll', follow, true)
    window.addEventListener('resize', follow)
    follow()
    return () => {
      observer.disconnect()
      window.removeEventListener('scroll', follow, true)
      window.removeEventListener('resize', follow)
    }
  }, [isOpen, isAtEnd, isAsWide])

  useEffect(() => {
    if (!isOpen) return
    const leave = ({ target }: Event) => {
      const isWithin = [anchor, panel].some((one) => one.current?.contains(target as Node))
      if (!isWithin) close.current()
    }
    document.addEventListener('pointerdown', leave)
    document.addEventListener('focusin', leave)
    return () => {
      document.removeEventListener('pointerdown', leave)
      document.removeEventListener('focusin', leave)
    }
  }, [isOpen])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !isOpen || event.nativeEvent.isComposing) return
    // What is around it, a dialog or an editor, stays open.
    event.preventDefault()
    event.stopPropagation()
    close.current()
    anchor.current?.focus()
  }
  return { anchor, panel, onKeyDown }
}

/** Below the anchor where there is room, else above; never beyond the window. */
function place(panel: HTMLElement, anchor: DOMRect, isAtEnd: boolean): void {
  const below = window.innerHeight - anchor.bottom - gap - edge
  const above = anchor.top - gap - edge
  const allow = (room: number) => panel.style.setProperty('--room', `${Math.max(room, 0)}px`)
  allow(Math.max(below, above))
  const isAbove = panel.offsetHeight > below && above > below
  allow(isAbove ? above : below)
  const start = isAtEnd ? anchor.right - panel.offsetWidth : anchor.left
  const last = window.innerWidth - panel.offsetWidth - edge
  panel.style.left = `${Math.max(edge, Math.min(start, last))}px`
  panel.style.top = `${isAbove ? anchor.top - gap - panel.offsetHeight : anchor.bottom + gap}px`
}
