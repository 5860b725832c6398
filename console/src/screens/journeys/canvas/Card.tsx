import { Fragment, memo } from 'react'
import { useFormat } from '@/language/format'
import type { Kind, TriggerKind } from '../model/definition'
import { familyOf } from '../model/fresh'
import { type StepFigures, stoppedOf } from '../state/figures'
import { useText } from '../texts'
import styles from './Card.module.css'
import { stepIcons, triggerIcons } from './icons'

export interface CardProps {
  /** Of the step; the trigger's own kind for the trigger. */
  step?: Kind
  trigger?: TriggerKind
  name: string
  detail: string
  fault: string | undefined
  figures: StepFigures | undefined
  entered: number | undefined
  /** Of those who went on, reached the goal: 0 to 1. */
  goal?: number | undefined
  /** The figures in full, for who rests on them. */
  told?: string | undefined
}

/** A step, or what lets people in: two lines, and who is there. */
export const Card = memo(function Card(props: CardProps) {
  const { step, trigger, name, detail, fault, figures, entered, goal, told } = props
  const Icon = step ? stepIcons[step] : triggerIcons[trigger ?? 'api']
  return (
    <div
      className={styles.card}
      data-family={step ? familyOf(step) : 'trigger'}
      data-fault={fault !== undefined}
    >
      <span className={styles.icon}>
        <Icon aria-hidden size={20} stroke={1.75} />
      </span>
      <span className={styles.words}>
        {/* Words that are read as one text need their spaces. */}
        <span className={styles.name}>{name}</span>{' '}
        <span className={fault ? styles.fault : styles.detail}>{fault ?? detail}</span>{' '}
        {(figures || entered !== undefined) && (
          <People figures={figures} entered={entered} goal={goal} told={told} />
        )}
      </span>
    </div>
  )
})

type Shown = 'waiting' | 'came' | 'entered' | 'sent' | 'stopped'

/** What is worth a word on the card: of a message what became of it, else who is and was there. */
export function shownFigures(
  figures: StepFigures | undefined,
  entered: number | undefined,
): [Shown, number][] {
  const messages = figures?.messages
  const stopped = messages ? stoppedOf(messages) : 0
  // A card has room for three: who is not written to yet gives way to who never will be.
  const said: [Shown, number | undefined][] = messages
    ? [
        ['waiting', stopped ? undefined : messages.waiting || undefined],
        ['sent', messages.sent],
        ['stopped', stopped || undefined],
      ]
    : [
        ['waiting', figures?.waiting || undefined],
        ['came', figures?.arrived],
        ['entered', entered],
      ]
  return said.filter((one): one is [Shown, number] => one[1] !== undefined)
}

function People({ figures, entered, goal, told }: Pick<CardProps, Told>) {
  const t = useText()
  const format = useFormat()
  return (
    <span className={styles.people} title={told}>
      {shownFigures(figures, entered).map(([key, count]) => (
        <Fragment key={key}>
          <span data-kind={key}>
            <b>{format.compact(count)}</b> {t(key)}
          </span>{' '}
        </Fragment>
      ))}
      {goal !== undefined && (
        <span data-kind="goal">
          <b>{format.percent(goal, 0)}</b> {t('goal_share')}
        </span>
      )}
    </span>
  )
}

type Told = 'figures' | 'entered' | 'goal' | 'told'
