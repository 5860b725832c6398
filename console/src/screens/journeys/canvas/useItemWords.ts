import { useMemo } from 'react'
import { type Format, useFormat } from '@/language/format'
import { edgeKey, type Item } from '../layout/tree'
import type { Fault } from '../model/definition'
import { type Edge, stepsOf, waysOut } from '../model/ways'
import { type Board, faultsOf, useBoard } from '../state/board'
import { goalShare } from '../state/figures'
import { messageFigures } from '../state/messageFigures'
import { type StepWords, useStepWords } from '../state/useStepWords'
import { type Say, useText } from '../texts'
import { type CardProps, shownFigures } from './Card'
import { useFaultWords } from './useFaultWords'

/** Says items and ways in full; the same until what is said of changes. */
export function useItemWords(): ItemWords {
  const t = useText()
  const format = useFormat()
  const words = useStepWords()
  const sayFault = useFaultWords()
  const { journey, figures, faults } = useBoard()
  // Of the journey as it was a moment ago most is said again.
  const said = useMemo(
    () => ({ from: [t, format, words, figures], items: new Map() }) as Said,
    [t, format, words, figures],
  )
  return useMemo(
    () => createItemWords({ t, format, words, sayFault, journey, figures, faults, said }),
    [t, format, words, sayFault, journey, figures, faults, said],
  )
}

/** Items as they were said last, and what of the journey was looked at for it. */
interface Said {
  from: unknown[]
  items: Map<string, { of: unknown[]; label: string }>
}

interface Saying extends Pick<Board, 'journey' | 'figures' | 'faults'> {
  t: Say
  format: Format
  words: StepWords
  sayFault: (fault: Fault) => string
  said: Said
}

export type ItemWords = ReturnType<typeof createItemWords>

function createItemWords(saying: Saying) {
  const { t, format, words, sayFault, journey, figures, faults, said: kept } = saying
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
    const of = [stepAt(one.id), first && stepAt(first.from), first?.way, one.from.length]
    const looked = [...of, fault(one.id), one.kind, journey.trigger]
    const known = kept.items.get(one.id)
    if (known?.of.every((was, index) => was === looked[index])) return known.label
    const label = itemAnew(one)
    kept.items.set(one.id, { of: looked, label })
    return label
  }
  const itemAnew = (one: Item): string => {
    const [first] = one.from
    const way = first && wayName(first)
    if (one.kind === 'end') {
      const name = way ?? (first ? stepName(first.from) : '')
      return t('item_end', { way: name })
    }
    const step = stepAt(one.id)
    const at = figures?.steps.get(one.id)
    const wrong = fault(one.id)
    const goal = goalOf(one)
    // First what is seen on the card, in its words and order; then what its place tells the eye.
    const parts = [
      step
        ? t('item_step', { what: words.name(step), detail: wrong ?? words.detail(step) })
        : t('item_trigger', {
            what: t(`trigger_${journey.trigger.type}`),
            detail: wrong ?? words.trigger(journey.trigger),
          }),
      ...shownFigures(at, step ? undefined : figures?.entered).map(
        ([key, count]) => `${format.compact(count)} ${t(key)}`,
      ),
      goal !== undefined && `${format.percent(goal, 0)} ${t('goal_share')}`,
      one.from.length > 1
        ? t('item_joined', { count: one.from.length })
        : way && t('item_way', { way }),
      wrong && t('item_fault'),
    ]
    return parts.filter(Boolean).join(' ')
  }
  /** Of those who went on from an item, or came in: which part reached the goal. */
  const goalOf = ({ id, kind }: Item): number | undefined => {
    if (kind === 'end' || !figures) return undefined
    if (id !== '') return goalShare(figures.steps.get(id) ?? {})
    return goalShare({ passed: figures.entered, converted: figures.converted })
  }
  /** All that is counted at an item, in full. */
  const told = (one: Item): string | undefined => {
    const at = figures?.steps.get(one.id)
    const goal = goalOf(one)
    const counted = [
      ...(at ? [[t('came'), at.arrived] as const] : []),
      ...(at?.messages ? messageFigures(t, at.messages) : []),
    ].map(([name, count]) => `${name}: ${format.number(count)}`)
    if (goal !== undefined) counted.push(t('goal_told', { share: format.percent(goal, 1) }))
    return counted.join(' · ') || undefined
  }
  const card = (one: Item): CardProps => {
    const { id, kind } = one
    const step = stepAt(id)
    const shared = {
      goal: goalOf(one),
      told: told(one),
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
    const way = figures?.ways.get(edgeKey(edge))
    if (way === undefined || figures === undefined) return undefined
    const { passed: count } = way
    const goal = goalShare(way)
    const of = edge.from === '' ? figures.entered : (figures.steps.get(edge.from)?.arrived ?? 0)
    return {
      count,
      text: format.compact(count),
      goal: goal === undefined ? undefined : `${format.percent(goal, 0)} ${t('goal_share')}`,
      share: of > 0 ? format.percent(count / of, 0) : undefined,
      // Of all who came in: how wide the way is drawn.
      weight: figures.entered > 0 ? count / figures.entered : 0,
    }
  }
  return { item, card, wayName, stepName, fault, wayFigures }
}
