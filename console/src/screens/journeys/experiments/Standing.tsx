import type { JudgedExperiment, PartVerdict } from '@/api/generated'
import { useFormat } from '@/language/format'
import styles from './Standing.module.css'
import { useText } from './texts'

/** How an experiment stands: the verdict in words, then each part's rate and how sure it is. */
export function Standing({ judged }: { judged: JudgedExperiment }) {
  const t = useText()
  const format = useFormat()
  const { experiment, verdict, visible_lift } = judged
  const nameOf = usePartName(judged)
  const control = experiment.parts[0]
  const most = Math.max(...verdict.parts.map((one) => one.high), 0.001)
  return (
    <div className={styles.standing}>
      <p className={styles.verdict} data-proven={verdict.winner !== null}>
        {useVerdict(judged)}
      </p>
      {experiment.winner && experiment.decided_at && (
        <p>
          {t('exp_decided', {
            part: nameOf(experiment.winner),
            when: format.instant(experiment.decided_at),
          })}
        </p>
      )}
      <ul className={styles.parts}>
        {verdict.parts.map((one) => (
          <Part
            key={one.part}
            part={one}
            name={nameOf(one.part)}
            isControl={one.part === control?.part}
            isBest={one.part === verdict.winner}
            most={most}
          />
        ))}
      </ul>
      {!verdict.winner && control && (
        <p className={styles.soft}>
          {visible_lift === null
            ? t('exp_blind')
            : t('exp_visible', {
                lift: format.percent(visible_lift, 0),
                control: nameOf(control.part),
              })}
        </p>
      )}
      <p className={styles.soft}>
        {t('exp_evidence', {
          now: Math.floor(Math.min(verdict.evidence, 9_999)),
          needed: Math.ceil(verdict.needed),
        })}
      </p>
    </div>
  )
}

function usePartName({ experiment }: JudgedExperiment): (part: string) => string {
  return (part) => experiment.parts.find((one) => one.part === part)?.label || part.toUpperCase()
}

/** The verdict in plain words. */
function useVerdict(judged: JudgedExperiment): string {
  const t = useText()
  const nameOf = usePartName(judged)
  const { winner, leader, parts } = judged.verdict
  if (winner) return t('exp_won', { part: nameOf(winner) })
  if (parts.every((one) => one.reached === 0)) return t('exp_nobody')
  return leader ? t('exp_leads', { part: nameOf(leader) }) : t('exp_even')
}

interface PartProps {
  part: PartVerdict
  name: string
  isControl: boolean
  isBest: boolean
  /** The highest rate that is drawn. */
  most: number
}

/** A part's rate as a dot on the stretch in which the true one lies. */
function Part({ part, name, isControl, isBest, most }: PartProps) {
  const t = useText()
  const format = useFormat()
  const at = (rate: number) => (rate / most) * 100
  const range = t('exp_range', { low: format.percent(part.low), high: format.percent(part.high) })
  return (
    <li data-best={isBest}>
      <p>
        <strong>{name}</strong> {isControl && <small>{t('exp_control')}</small>}
        <b>{part.rate === null ? '–' : format.percent(part.rate)}</b>
      </p>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={range}>
        <rect className={styles.track} width="100" height="6" />
        {part.rate !== null && (
          <>
            <rect
              className={styles.range}
              x={at(part.low)}
              width={Math.max(at(part.high) - at(part.low), 0.5)}
              height="6"
            />
            <rect className={styles.rate} x={at(part.rate) - 0.5} width="1" height="6" />
          </>
        )}
      </svg>
      <p className={styles.soft}>
        {[
          t('exp_people', { count: part.people }),
          ...(part.rate === null ? [] : [t('exp_reached', { count: part.reached }), range]),
        ].join(' · ')}
      </p>
    </li>
  )
}
