import type { ExplainedTrait, Voice } from '@/api/generated'
import { Badge, type Tone } from '@/design'
import { useFormat } from '@/language/format'
import { useTraitName, useValueText } from '../traits/words'
import styles from './facts.module.css'
import { useText } from './texts'

const tones: Record<string, Tone> = { fresh: 'good', ageing: 'late', stale: 'neutral' }

interface Props {
  trait: ExplainedTrait
  sourceName: (id: number) => string
}

/** A fact: its value, what it is worth today, who said it; what others say, one click away. */
export function FactRow({ trait, sourceName }: Props) {
  const t = useText()
  const name = useTraitName()
  const valueText = useValueText()
  const { standing, others } = trait
  return (
    <div className={styles.fact}>
      <dt>{name(trait.name)}</dt>
      <dd>
        <strong>{valueText(standing.fact.value, trait.name)}</strong>
        <Worth voice={standing} />
        <Said voice={standing} sourceName={sourceName} />
        {others.length > 0 && (
          <details className={styles.disagreement}>
            <summary>{t('disagree', { count: others.length })}</summary>
            <p>{t(`why_${trait.reason}` as 'why_only')}</p>
            <ul>
              {others.map((voice) => (
                <li key={`${voice.fact.source_id}-${voice.fact.is_verified}`}>
                  <strong>{valueText(voice.fact.value, trait.name)}</strong>
                  <Said voice={voice} sourceName={sourceName} />
                </li>
              ))}
            </ul>
          </details>
        )}
      </dd>
    </div>
  )
}

function Worth({ voice: { fact, freshness } }: { voice: Voice }) {
  const t = useText()
  const format = useFormat()
  const stated = format.percent(fact.confidence, 0)
  const half = freshness.half_life_days
  const how =
    half === null
      ? t('worth_lasting', { stated })
      : t('worth_how', { stated, days: freshness.age_days, half })
  const percent = format.percent(freshness.confidence, 0)
  return (
    <span className={styles.worth} title={how}>
      <meter min={0} max={1} value={freshness.confidence} aria-label={t('worth', { percent })} />
      <Badge tone={tones[freshness.state]}>{t(`state_${freshness.state}` as 'state_fresh')}</Badge>
      <span className={styles.percent}>{t('worth', { percent })}</span>
    </span>
  )
}

function Said({
  voice: { fact, since },
  sourceName,
}: { voice: Voice } & Pick<Props, 'sourceName'>) {
  const t = useText()
  const format = useFormat()
  const words = [
    t(`provenance_${fact.provenance}` as 'provenance_declared'),
    t('by', { source: sourceName(fact.source_id) }),
    t('since', { day: format.day(since) }),
  ]
  return (
    <span className={styles.said}>
      {words.join(' · ')}
      {!fact.is_verified && <Badge tone="late">{t('unverified')}</Badge>}
      {fact.is_simulated && <Badge>{t('simulated')}</Badge>}
    </span>
  )
}
