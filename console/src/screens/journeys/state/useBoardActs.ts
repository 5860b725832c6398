import { useState } from 'react'
import { toast } from '@/design'
import type { useHistory } from '@/design/writing/history'
import type { Layout } from '../layout/place'
import type { JourneyDefinition } from '../model/definition'
import { copySteps, moveStep, pasteSteps, removeBelow, removeSteps } from '../model/edit'
import { type Edge, edgesTo, stepOf, stepsOf, waysOut } from '../model/ways'
import { useText } from '../texts'
import type { Board } from './board'
import { clipboard } from './clipboard'
import { useStepWords } from './useStepWords'

type Acts = Pick<
  Board,
  | 'focus'
  | 'chosen'
  | 'change'
  | 'go'
  | 'choose'
  | 'remove'
  | 'removeBelow'
  | 'copy'
  | 'paste'
  | 'move'
>

interface Options {
  history: ReturnType<typeof useHistory<JourneyDefinition>>
  layout: Layout
  announce: (words: string) => void
}

/** What can be done with the steps: each act is one step of the history, and is announced. */
export function useBoardActs({ history, layout, announce }: Options): Acts {
  const t = useText()
  const words = useStepWords()
  const [focus, setFocus] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const journey = history.present
  // What was focused may be gone, by undoing: then what it hung on.
  const here = layout.items.some(({ item }) => item.id === focus) ? focus : ''

  const choose: Acts['choose'] = (ids) => {
    const all = new Set(ids)
    setChosen(all)
    if (all.size > 1) announce(t('said_chosen', { count: all.size }))
  }
  const go: Acts['go'] = (id, doesExtend = false) => {
    setFocus(id)
    if (doesExtend) choose([...chosen, here, id].filter((one) => stepOf(journey, one)))
    else setChosen(new Set())
  }
  const nameOf = (id: string) => {
    const step = stepOf(journey, id)
    return step ? words.name(step) : ''
  }
  const put = (next: JourneyDefinition, id: string, said: string) => {
    history.change(() => next)
    setFocus(id)
    setChosen(new Set())
    announce(said)
  }
  const takenOut = (next: JourneyDefinition, ids: readonly string[]) => {
    const before = edgesTo(journey, ids[0] ?? '')[0]?.from ?? ''
    const count = stepsOf(journey).length - stepsOf(next).length
    const said = t('said_removed', { count, what: ids.map(nameOf).join('、') })
    if (count > ids.length) toast(said) // more went than was pointed at
    put(next, stepOf(next, before) ? before : '', said)
  }
  return {
    focus: here,
    chosen,
    change: history.change,
    go,
    choose,
    remove: (ids) => takenOut(removeSteps(journey, ids), ids),
    removeBelow: (id) => takenOut(removeBelow(journey, id), [id]),
    copy: (ids) => {
      const clip = copySteps(journey, ids)
      if (clip.length === 0) return
      clipboard.write(clip)
      announce(t('said_copied', { count: clip.length }))
    },
    paste: (edge) => {
      const pasted = pasteSteps(journey, edge, clipboard.read())
      if (pasted.ids.length === 0) return
      put(pasted.journey, pasted.ids[0] ?? '', t('said_pasted', { count: pasted.ids.length }))
      setChosen(new Set(pasted.ids))
    },
    move: (id, by) => {
      const what = nameOf(id)
      const next = moveStep(journey, id, by)
      if (next) put(next, id, t('said_moved', { what }))
      else if (what) announce(t('said_stays', { what }))
    },
  }
}

/** The way behind an item: for a step its first, for an end the one it ends. */
export function wayBehind(
  journey: JourneyDefinition,
  layout: Layout,
  id: string,
): Edge | undefined {
  const item = layout.items.find((one) => one.item.id === id)?.item
  if (item?.kind === 'end') return item.from[0]
  if (item?.kind === 'trigger') return item.out[0]?.edge
  const step = stepOf(journey, id)
  const way = step && waysOut(step)[0]?.way
  return way === undefined ? undefined : { from: id, way }
}

/** The way before an item. */
export function wayBefore(layout: Layout, id: string): Edge | undefined {
  return layout.items.find((one) => one.item.id === id)?.item.from[0]
}
