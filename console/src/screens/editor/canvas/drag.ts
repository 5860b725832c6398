import {
  createContext,
  type PointerEvent as Press,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react'
import type { Language } from '@/language/i18n'
import { fits, type Kind, type Place } from '../blocks/model'

export interface Dragged {
  kind: Kind
  /** Of a block that moves; a new one has none. */
  id?: string
  language?: Language
}

export interface Drop extends Place {
  language: Language
}

interface Dragging {
  drop: Drop | undefined
  dragged: Dragged | undefined
  start: (event: Press, dragged: Dragged) => void
}

export const DragContext = createContext<Dragging>({
  drop: undefined,
  dragged: undefined,
  start: () => undefined,
})
export const useDragging = () => useContext(DragContext)

const thresholdPixels = 5
const edgePixels = 72
const scrollPixels = 14

/** Drags by mouse, pen or finger: where one lets go, `onDrop` is told. Escape gives up. */
export function useDrag(onDrop: (dragged: Dragged, drop: Drop) => void): Dragging {
  const [dragged, setDragged] = useState<Dragged>()
  const [drop, setDrop] = useState<Drop>()
  const act = useRef(onDrop)
  act.current = onDrop
  const stop = useRef<() => void>(undefined)
  useEffect(() => () => stop.current?.(), [])

  const start = (press: Press, one: Dragged) => {
    if (press.button !== 0) return
    const from = [press.clientX, press.clientY] as const
    let found: Drop | undefined
    let isMoving = false
    const listening = new AbortController()
    const { signal } = listening
    const end = () => {
      listening.abort()
      setDragged(undefined)
      setDrop(undefined)
    }
    stop.current = end
    const follow = (event: PointerEvent) => {
      const [dx, dy] = [event.clientX - from[0], event.clientY - from[1]]
      if (!isMoving && Math.hypot(dx, dy) < thresholdPixels) return
      if (!isMoving) setDragged(one)
      isMoving = true
      event.preventDefault()
      scrollAt(event.clientY)
      found = dropAt(event.clientX, event.clientY, one)
      setDrop((now) => (isSame(now, found) ? now : found))
    }
    const release = () => {
      end()
      if (!isMoving) return
      // The press that ended here is no click on what lies below.
      const swallow = (event: Event) => event.stopPropagation()
      window.addEventListener('click', swallow, { capture: true, once: true })
      setTimeout(() => window.removeEventListener('click', swallow, true))
      if (found) act.current(one, found)
    }
    window.addEventListener('pointermove', follow, { signal })
    window.addEventListener('pointerup', release, { signal })
    window.addEventListener('pointercancel', end, { signal })
    window.addEventListener('keydown', (event) => event.key === 'Escape' && end(), { signal })
  }
  return { drop, dragged, start }
}

const isSame = (one: Drop | undefined, other: Drop | undefined) =>
  JSON.stringify(one) === JSON.stringify(other)

function scrollAt(y: number): void {
  if (y < edgePixels) window.scrollBy(0, -scrollPixels)
  else if (y > window.innerHeight - edgePixels) window.scrollBy(0, scrollPixels)
}

/** The place between blocks that is nearest, in the innermost list that may hold the block. */
function dropAt(x: number, y: number, { kind, id }: Dragged): Drop | undefined {
  let list = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-list]')
  while (list && !fits(list.dataset.list ?? '', kind)) {
    list = list.parentElement?.closest<HTMLElement>('[data-list]')
  }
  if (!list || (id && list.dataset.list?.startsWith(`${id}/`))) return undefined
  const blocks = [...list.querySelectorAll<HTMLElement>(':scope > [data-block]')]
  const index = blocks.filter((one) => {
    const { top, height } = one.getBoundingClientRect()
    return top + height / 2 < y
  }).length
  const language = list.dataset.language as Language
  return { language, list: list.dataset.list ?? '', index }
}
