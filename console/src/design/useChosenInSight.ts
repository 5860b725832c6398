import { type RefObject, useEffect, useRef } from 'react'

/** What is left visible of the neighbour, in px: a sign that the line goes on. */
const room = 48

/** Moves a line of tabs sideways, so that the one that is open (`chosen`) is in sight. */
export function useChosenInSight<E extends HTMLElement>(chosen: string): RefObject<E | null> {
  const ref = useRef<E>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is open
  useEffect(() => {
    const line = ref.current
    const open = line?.querySelector('[aria-current="page"], [data-chosen="true"]')
    if (!line || !open) return
    const [here, all] = [open.getBoundingClientRect(), line.getBoundingClientRect()]
    if (here.right > all.right) line.scrollLeft += here.right - all.right + room
    else if (here.left < all.left) line.scrollLeft -= all.left - here.left + room
  }, [chosen])
  return ref
}
