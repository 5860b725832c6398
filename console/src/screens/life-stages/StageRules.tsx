import type { LifeStages } from '@/api/generated'
import { useFormat } from '@/language/format'
import styles from './LifeStages.module.css'
import { useText } from './texts'
import { useEvidenceWords, useNaming } from './words'

/** The definition in sentences: what speaks for each stage, for how long, and what comes then. */
export function StageRules({ definition }: { definition: LifeStages }) {
  const t = useText()
  const format = useFormat()
  const naming = useNaming()
  const say = useEvidenceWords()
  return (
    <ol className={styles.rules}>
      {definition.stages.map((stage, place) => {
        const next = definition.stages[place + 1]
        return (
          <li key={stage.id}>
            <h3>{naming(stage)}</h3>
            <ul>
              {stage.evidence.map((one) => (
                <li key={JSON.stringify(one)} data-declared={one.type !== 'did'}>
                  {say(one)}
                </li>
              ))}
            </ul>
            <p>
              {stage.evidence.every((one) => one.type === 'born')
                ? t('then_age')
                : stage.moves_on && next
                  ? t('then_next', { count: stage.lasts_days ?? 180, next: naming(next) })
                  : t('then_over', { count: stage.lasts_days ?? 180 })}{' '}
              {(stage.categories ?? []).length > 0 &&
                t('goods_for', { goods: format.list(stage.categories ?? []) })}
            </p>
          </li>
        )
      })}
    </ol>
  )
}
