import { useEffect } from 'react'

/** The paper is moved by dragging it; what stands on it is not. */
export function usePan(scroller: { current: HTMLDivElement | null }): void {
  useEffect(() => {
    const shown = scroller.current
    if (!shown) return
    const stop = new AbortController()
    const { signal } = stop
    const begin = (event: PointerEvent) => {
      const target = event.target as HTMLElement
      if (event.pointerType !== 'mouse' || target.closest('[role="treeitem"], button')) return
      shown.setPointerCapture(event.pointerId)
      shown.toggleAttribute('data-panning', true)
    }
    const move = (event: PointerEvent) => {
      if (!shown.hasPointerCapture(event.pointerId)) return
      shown.scrollBy(-event.movementX, -event.movementY)
    }
    const end = () => shown.toggleAttribute('data-panning', false)
    shown.addEventListener('pointerdown', begin, { signal })
    shown.addEventListener('pointermove', move, { signal })
    shown.addEventListener('lostpointercapture', end, { signal })
    return () => stop.abort()
  }, [scroller])
}
