import { Fragment, memo } from 'react'
import { useFormat } from '@/language/format'
import type { Kind, TriggerKind } from '../model/definition'
import { familyOf } from '../model/fresh'
import type { StepFigures } from '../state/figures'
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
}

/** A step, or what lets people in: two lines, and who is there. */
export const Card = memo(function Card(props: CardProps) {
  const { step, trigger, name, detail, fault, figures, entered } = props
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
        {(figures || entered !== undefined) && <People figures={figures} entered={entered} />}
      </span>
    </div>
  )
})

function People({ figures, entered }: Pick<CardProps, 'figures' | 'entered'>) {
  const t = useText()
  const format = useFormat()
  const said = [
    ['waiting', figures?.waiting || undefined],
    ['came', figures?.arrived],
    ['entered', entered],
  ] as const
  return (
    <span className={styles.people}>
      {said.map(
        ([key, count]) =>
          count !== undefined && (
            <Fragment key={key}>
              <span data-kind={key}>
                <b>{format.compact(count)}</b> {t(key)}
              </span>{' '}
            </Fragment>
          ),
      )}
    </span>
  )
}
