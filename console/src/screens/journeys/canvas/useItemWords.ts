import { useMemo } from 'react'
import { type Format, useFormat } from '@/language/format'
import { edgeKey, type Item } from '../layout/tree'
import type { Fault } from '../model/definition'
import { type Edge, stepsOf, waysOut } from '../model/ways'
import { type Board, faultsOf, useBoard } from '../state/board'
import { type StepWords, useStepWords } from '../state/useStepWords'
import { type Say, useText } from '../texts'
import type { CardProps } from './Card'
import { useFaultWords } from './useFaultWords'

/** Says items and ways in full; the same until what is said of changes. */
export function useItemWords(): ItemWords {
  const t = useText()
  const format = useFormat()
  const words = useStepWords()
  const sayFault = useFaultWords()
  const { journey, figures, faults } = useBoard()
  return useMemo(
    () => createItemWords({ t, format, words, sayFault, journey, figures, faults }),
    [t, format, words, sayFault, journey, figures, faults],
  )
}

interface Saying extends Pick<Board, 'journey' | 'figures' | 'faults'> {
  t: Say
  format: Format
  words: StepWords
  sayFault: (fault: Fault) => string
}

export type ItemWords = ReturnType<typeof createItemWords>

function createItemWords({ t, format, words, sayFault, journey, figures, faults }: Saying) {
  const steps = new Map(stepsOf(journey).map((one) => [one.id, one]))
  const stepAt = (id: string) => steps.get(id)

  const wayName = (edge: Edge): string | undefined => {
    const step = stepAt(edge.from)
    return step && waysOut(step).length > 1 ? words.way(step, edge.way) : undefined
  }
  const stepName = (id: string) => {
    const step = stepAt(id)
    return step ? words.name(step) : t(`trigger_${journey.trigger.type}`)
  }
  const fault = (id: string) => {
    const [first] = faultsOf(faults, id)
    return first && sayFault(first)
  }
  const item = (one: Item): string => {
    const [first] = one.from
    const way = first && wayName(first)
    if (one.kind === 'end') {
      const name = way ?? (first ? stepName(first.from) : '')
      return t('item_end', { way: name })
    }
    const step = stepAt(one.id)
    const at = figures?.steps.get(one.id)
    const wrong = fault(one.id)
    const said = (count: number, key: 'waiting' | 'came' | 'entered') =>
      `${format.compact(count)} ${t(key)}`
    // First what is seen on the card, in its words and order; then what its place tells the eye.
    const parts = [
      step
        ? t('item_step', { what: words.name(step), detail: wrong ?? words.detail(step) })
        : t('item_trigger', {
            what: t(`trigger_${journey.trigger.type}`),
            detail: wrong ?? words.trigger(journey.trigger),
          }),
      at && at.waiting > 0 && said(at.waiting, 'waiting'),
      at && said(at.arrived, 'came'),
      !step && figures && said(figures.entered, 'entered'),
      one.from.length > 1
        ? t('item_joined', { count: one.from.length })
        : way && t('item_way', { way }),
      wrong && t('item_fault'),
    ]
    return parts.filter(Boolean).join(' ')
  }
  const card = ({ id, kind }: Item): CardProps => {
    const step = stepAt(id)
    const shared = {
      fault: kind === 'end' ? undefined : fault(id),
      figures: figures?.steps.get(id),
    }
    if (step) {
      const said = { name: words.name(step), detail: words.detail(step) }
      return { step: step.type, ...said, ...shared, entered: undefined }
    }
    const { trigger } = journey
    const said = { name: t(`trigger_${trigger.type}`), detail: words.trigger(trigger) }
    return { trigger: trigger.type, ...said, ...shared, entered: figures?.entered }
  }
  /** How many went a way, and which part of those who came to where it begins. */
  const wayFigures = (edge: Edge) => {
    const count = figures?.ways.get(edgeKey(edge))
    if (count === undefined || figures === undefined) return undefined
    const of = edge.from === '' ? figures.entered : (figures.steps.get(edge.from)?.arrived ?? 0)
    return {
      count,
      text: format.compact(count),
      share: of > 0 ? format.percent(count / of, 0) : undefined,
      // Of all who came in: how wide the way is drawn.
      weight: figures.entered > 0 ? count / figures.entered : 0,
    }
  }
  return { item, card, wayName, stepName, fault, wayFigures }
}
