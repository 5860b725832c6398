import { IconPlus } from '@tabler/icons-react'
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import type { Placed } from '../layout/place'
import type { Item } from '../layout/tree'
import { useBoard } from '../state/board'
import { useText } from '../texts'
import styles from './Canvas.module.css'
import { Card, type CardProps } from './Card'
import { Lines, Signs } from './Lines'
import { useItemWords } from './useItemWords'
import { useKeys } from './useKeys'
import { usePan } from './usePan'

interface Props {
  /** 1 is full size. */
  scale: number
}

/** The journey as a picture: computed, so that nothing has to be tidied up by hand. */
export function Canvas({ scale }: Props) {
  const t = useText()
  const board = useBoard()
  const words = useItemWords()
  const onKeyDown = useKeys(false)
  const scroller = useRef<HTMLDivElement>(null)
  const { layout, focus, chosen, mayChange } = board
  const drawn = useMemo(
    () =>
      layout.items.map((placed) => ({
        id: placed.item.id,
        kind: placed.item.kind,
        x: placed.x,
        y: placed.y,
        width: placed.width,
        height: placed.height,
        level: placed.level,
        label: words.item(placed.item),
        ...words.card(placed.item),
      })),
    [layout, words],
  )
  usePan(scroller)
  useBeginning(scroller, layout.width, scale)
  useFollowing(scroller, focus)
  const acts = useRef(board)
  acts.current = board
  const press = useCallback((id: string, doesExtend: boolean) => {
    const now = acts.current
    if (id.startsWith('end:')) {
      const edge = now.layout.items.find(({ item }) => item.id === id)?.item.from[0]
      now.go(id)
      if (edge && now.mayChange) now.ask(edge)
      return
    }
    now.go(id, doesExtend)
    if (!doesExtend) now.open(id)
  }, [])
  const add = useCallback((edge: Parameters<typeof board.ask>[0]) => acts.current.ask(edge), [])
  return (
    <div ref={scroller} className={styles.scroller}>
      <div className={styles.paper}>
        <div
          className={styles.sized}
          style={{ width: layout.width * scale, height: layout.height * scale }}
        >
          <div
            className={styles.plane}
            style={{ width: layout.width, height: layout.height, transform: `scale(${scale})` }}
          >
            <Lines layout={layout} words={words} />
            <div
              role="tree"
              aria-label={t('canvas')}
              aria-multiselectable
              aria-describedby="journey-keys"
              onKeyDown={onKeyDown}
            >
              {drawn.map((one) => (
                <Place
                  key={one.id}
                  {...one}
                  isFocused={one.id === focus}
                  isChosen={chosen.has(one.id)}
                  onPress={press}
                  mayAdd={mayChange}
                />
              ))}
            </div>
            <Signs layout={layout} words={words} onAdd={mayChange ? add : undefined} />
          </div>
        </div>
      </div>
    </div>
  )
}

/** Told by values alone: an item that stays where and what it was is not drawn again. */
interface PlaceProps extends CardProps, Omit<Placed, 'item'>, Pick<Item, 'id' | 'kind'> {
  label: string
  isFocused: boolean
  isChosen: boolean
  onPress: (id: string, doesExtend: boolean) => void
  mayAdd: boolean
}

const Place = memo(function Place(props: PlaceProps) {
  const { id, kind, x, y, width, height, level, ...rest } = props
  const { label, isFocused, isChosen, onPress, mayAdd, ...card } = rest
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard by the tree around it
    <div
      role="treeitem"
      className={styles.place}
      data-kind={kind}
      data-item={id}
      aria-label={label}
      aria-level={level}
      aria-selected={isChosen}
      tabIndex={isFocused ? 0 : -1}
      style={{ width, height, transform: `translate(${x - width / 2}px, ${y}px)` }}
      onClick={(event) => onPress(id, event.shiftKey || event.ctrlKey || event.metaKey)}
    >
      {kind === 'end' ? mayAdd && <IconPlus aria-hidden size={16} /> : <Card {...card} />}
    </div>
  )
})

/** Begins with the trigger in the middle; another size keeps what is in the middle there. */
function useBeginning(scroller: { current: HTMLDivElement | null }, width: number, scale: number) {
  const before = useRef<number>(undefined)
  const first = useRef(width)
  useLayoutEffect(() => {
    const shown = scroller.current
    if (!shown) return
    const was = before.current
    before.current = scale
    if (was === undefined) {
      const trigger = shown.querySelector<HTMLElement>('[data-item=""]')?.getBoundingClientRect()
      const frame = shown.getBoundingClientRect()
      if (!trigger) return
      const middle = trigger.left + trigger.width / 2 - frame.left + shown.scrollLeft
      shown.scrollLeft = Math.min(middle, first.current) - frame.width / 2
      return
    }
    const keep = (at: number, size: number) => ((at + size / 2) / was) * scale - size / 2
    shown.scrollLeft = keep(shown.scrollLeft, shown.clientWidth)
    shown.scrollTop = keep(shown.scrollTop, shown.clientHeight)
  }, [scroller, scale])
}

/** The focus goes to the item that was gone to, if it was in the picture before. */
function useFollowing(scroller: { current: HTMLDivElement | null }, focus: string) {
  const isFirst = useRef(true)
  useEffect(() => {
    const shown = scroller.current
    const item = shown?.querySelector<HTMLElement>(`[data-item="${CSS.escape(focus)}"]`)
    if (isFirst.current || !item) {
      isFirst.current = false
      return
    }
    const isOurs =
      document.activeElement === document.body || shown?.contains(document.activeElement)
    if (isOurs) item.focus({ preventScroll: true })
    item.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [scroller, focus])
}
