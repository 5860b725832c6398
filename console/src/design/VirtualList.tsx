import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'
import styles from './VirtualList.module.css'

interface Props<T> {
  label: string
  items: T[]
  itemKey: (item: T) => string | number
  children: (item: T) => ReactNode
  /** A guess in pixels; real heights are measured. */
  estimateHeight?: number
  /** Called near the end: for lists that come in pages. */
  onNearEnd?: () => void
}

/** A list of any length: only what is in sight is in the page. Scrolls by keyboard. */
export function VirtualList<T>(props: Props<T>) {
  const { label, items, itemKey, children, estimateHeight = 64, onNearEnd } = props
  const frame = useRef<HTMLElement>(null)
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: () => estimateHeight,
    getItemKey: (index) => itemKey(items[index] as T),
    overscan: 8,
  })
  const visible = rows.getVirtualItems()
  const last = visible.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= items.length - 10) onNearEnd?.()
  }, [last, items.length, onNearEnd])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section ref={frame} tabIndex={0} aria-label={label} className={styles.frame}>
      <ol style={{ height: rows.getTotalSize() }}>
        {visible.map((row) => (
          <li
            key={row.key}
            ref={rows.measureElement}
            data-index={row.index}
            aria-setsize={items.length}
            aria-posinset={row.index + 1}
            style={{ transform: `translateY(${row.start}px)` }}
          >
            {children(items[row.index] as T)}
          </li>
        ))}
      </ol>
    </section>
  )
}
