import { useEffect, useRef } from 'react'

interface Undoing {
  undo: () => void
  redo: () => void
}

/** Ctrl or ⌘ with Z takes back, with Shift Z or Y brings again: wherever one is, but in dialogs. */
export function useUndoKeys(history: Undoing): void {
  const now = useRef(history)
  now.current = history
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return
      if ((event.target as HTMLElement).closest('dialog, [popover]')) return
      const key = event.key.toLowerCase()
      if (key !== 'z' && key !== 'y') return
      event.preventDefault()
      if (key === 'y' || event.shiftKey) now.current.redo()
      else now.current.undo()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
