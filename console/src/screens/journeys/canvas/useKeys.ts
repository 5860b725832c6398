import type { KeyboardEvent } from 'react'
import { isComposing } from '@/design'
import { type Direction, walk, walkList } from '../layout/walk'
import { stepOf, stepsOf } from '../model/ways'
import { useBoard } from '../state/board'
import { wayBefore, wayBehind } from '../state/useBoardActs'

const arrows: Record<string, Direction> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  Home: 'first',
  End: 'last',
}

/** Everything that can be done by keys while a step has the focus. */
export function useKeys(isList: boolean): (event: KeyboardEvent) => void {
  const board = useBoard()
  const { journey, layout, focus, chosen, mayChange } = board
  const ids = chosen.size > 0 ? [...chosen] : stepOf(journey, focus) ? [focus] : []

  const act = (event: KeyboardEvent): (() => void) | undefined => {
    const { key, shiftKey, altKey } = event
    const direction = arrows[key]
    if (direction && altKey) {
      if (!mayChange || (direction !== 'up' && direction !== 'down')) return undefined
      return () => board.move(focus, direction === 'up' ? -1 : 1)
    }
    if (direction) {
      const to = (isList ? walkList : walk)(layout, focus, direction)
      return () => to !== undefined && board.go(to, shiftKey)
    }
    if (event.ctrlKey || event.metaKey) return withControl(key.toLowerCase())
    return mayChange ? changing(key, shiftKey) : opening(key)
  }

  const withControl = (key: string) => {
    const behind = wayBehind(journey, layout, focus)
    if (key === 'a') return () => board.choose(stepsOf(journey).map((one) => one.id))
    if (key === 'c') return () => board.copy(ids)
    if (key === 'x' && mayChange) {
      return () => {
        board.copy(ids)
        board.remove(ids)
      }
    }
    return key === 'v' && mayChange && behind ? () => board.paste(behind) : undefined
  }

  const opening = (key: string) =>
    key === 'Enter' || key === ' ' ? () => board.open(focus) : undefined

  const changing = (key: string, shiftKey: boolean) => {
    const isEnd = focus.startsWith('end:')
    const edge = shiftKey && !isEnd ? wayBefore(layout, focus) : wayBehind(journey, layout, focus)
    if (key === 'Insert' || key === '+' || (isEnd && (key === 'Enter' || key === ' '))) {
      // The plus itself may need Shift.
      const wanted = key === '+' ? wayBehind(journey, layout, focus) : edge
      return wanted && (() => board.ask(wanted))
    }
    if (key === 'Delete' || key === 'Backspace') {
      if (ids.length === 0) return undefined
      return shiftKey && stepOf(journey, focus)
        ? () => board.removeBelow(focus)
        : () => board.remove(ids)
    }
    if (key === 'Escape' && chosen.size > 0) return () => board.choose([])
    return opening(key)
  }

  return (event) => {
    if (isComposing(event) || !(event.target as HTMLElement).matches('[role="treeitem"]')) return
    const found = act(event)
    if (!found) return
    event.preventDefault()
    found()
  }
}
