import { useMemo, useState } from 'react'
import type { SimulatedStep, SimulationResult } from '@/api/generated'
import { Facts } from '@/design'
import { useIsNarrow } from '@/design/writing/useIsNarrow'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { Canvas } from '../canvas/Canvas'
import { Outline } from '../canvas/Outline'
import { placeJourney } from '../layout/place'
import type { JourneyDefinition, Step } from '../model/definition'
import { stepOf, waysOut } from '../model/ways'
import { type Board, BoardContext } from '../state/board'
import { type StepWords, useStepWords } from '../state/useStepWords'
import { figuresOfResult } from './figures'
import styles from './Trial.module.css'
import { useText } from './texts'
import { useOutcomeWords, useReasonWords } from './useReasonWords'

interface Props {
  definition: JourneyDefinition
  result: SimulationResult
}

const nothing = () => undefined

/** The journey with what would have happened on each step and way; to be looked at, not changed. */
export function Picture({ definition, result }: Props) {
  const isNarrow = useIsNarrow()
  const [focus, setFocus] = useState('')
  const layout = useMemo(() => placeJourney(definition), [definition])
  const figures = useMemo(() => figuresOfResult(result), [result])
  const chosen = useMemo(() => new Set(focus ? [focus] : []), [focus])
  const board: Board = {
    journey: definition,
    layout,
    figures,
    faults: [],
    mayChange: false,
    focus,
    chosen,
    go: setFocus,
    change: nothing,
    choose: nothing,
    open: nothing,
    ask: nothing,
    remove: nothing,
    removeBelow: nothing,
    copy: nothing,
    paste: nothing,
    move: nothing,
    announce: nothing,
  }
  return (
    <BoardContext value={board}>
      <div className={styles.picture} data-view={isNarrow ? 'list' : 'canvas'}>
        <div className={styles.paper}>{isNarrow ? <Outline /> : <Canvas scale={1} />}</div>
        <aside className={styles.aside} aria-live="polite">
          <StepSaid definition={definition} result={result} id={focus} />
        </aside>
      </div>
    </BoardContext>
  )
}

/** What is told of the step that is chosen; of the beginning, who was not let in. */
function StepSaid({ definition, result, id }: Props & { id: string }) {
  const t = useText()
  const format = useFormat()
  const words = useStepWords()
  const sayReason = useReasonWords()
  const sayOutcome = useOutcomeWords()
  const step = stepOf(definition, id)
  const found = result.steps.find((one) => one.step === id)
  const counted = (counts: Record<string, number>): [string, string][] =>
    Object.entries(counts).map(([reason, count]) => [sayReason(reason), format.number(count)])
  const waysOf = (one: Step, { ways }: SimulatedStep): [string, string][] => {
    const own = new Set(waysOut(one).map(({ way }) => way))
    // Where there is one way on, only who left otherwise is worth a word.
    const told = own.size > 1 ? ways : ways.filter(({ way }) => !own.has(way))
    return told.map(({ way, people }) => [
      own.has(way) ? words.way(one, way) : sayOutcome(way),
      format.number(people),
    ])
  }
  if (!step || !found) {
    const { entries, held_out } = result
    const facts: [string, string][] = [[t('trial_entered'), format.number(entries)]]
    if (held_out > 0) facts.push([t('trial_held_out'), format.number(held_out)])
    return (
      <>
        <h3>{t('beginning')}</h3>
        <Facts facts={facts} />
        <Reasons title={t('trial_refused')} facts={counted(result.refused)} />
      </>
    )
  }
  const isMessage = step.type === 'message'
  const facts: [string, string | undefined][] = [
    [t('trial_arrived'), format.number(found.arrived)],
    [t('trial_waiting'), found.waiting > 0 ? format.number(found.waiting) : undefined],
    [t('trial_median'), waitOf(found, words)],
    [t('trial_sent'), isMessage ? format.number(found.sent) : undefined],
  ]
  return (
    <>
      <h3>{words.name(step)}</h3>
      <Facts facts={facts.filter(([, value]) => value !== undefined)} />
      <Reasons title={t('trial_ways')} facts={waysOf(step, found)} />
      <Reasons title={t('trial_stopped')} facts={counted(found.stopped)} />
      <Reasons title={t('trial_delayed')} facts={counted(found.delayed)} />
      {isMessage && <Guarded step={found} />}
    </>
  )
}

/** The usual wait at a step in its two largest units; nothing for those that pass at once. */
function waitOf(step: SimulatedStep, words: StepWords): string | undefined {
  const minutes = Math.round((step.median_wait_seconds ?? 0) / 60)
  if (minutes < 1) return undefined
  const days = Math.floor(minutes / 1440)
  const hours = Math.floor((minutes % 1440) / 60)
  return words.duration(days > 0 ? { days, hours } : { hours, minutes: minutes % 60 })
}

function Reasons({ title, facts }: { title: string; facts: [string, string][] }) {
  if (facts.length === 0) return null
  return (
    <>
      <h4>{title}</h4>
      <Facts facts={facts} />
    </>
  )
}

/** What the guard has against messages to some of these people, as they are today. */
function Guarded({ step: { guard, guard_sample } }: { step: SimulatedStep }) {
  const t = useText()
  const language = useLanguage()
  if (guard_sample === 0) return null
  return (
    <>
      <h4>{t('trial_guard')}</h4>
      {guard.length === 0 ? (
        <p>{t('trial_guard_clear', { count: guard_sample })}</p>
      ) : (
        <ul className={styles.guard}>
          {guard.map((one) => (
            <li key={one.rule + one.about}>
              {t('trial_guard_found', {
                what: one.reason[language],
                count: one.people,
                of: guard_sample,
              })}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
