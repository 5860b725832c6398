import type { Stage, StageCount } from '@/api/generated'
import { useFormat } from '@/language/format'
import styles from './Course.module.css'
import { useText } from './texts'
import { useNaming } from './words'

interface Props {
  stages: Pick<Stage, 'id' | 'name_ja' | 'name_en' | 'moves_on'>[]
  counts: StageCount[]
}

/** The stages in their order: how many people are in each, by own word and by guess. */
export function Course({ stages, counts }: Props) {
  const t = useText()
  const format = useFormat()
  const naming = useNaming()
  const lines = stages.map((stage) => {
    const count = counts.find((one) => one.stage === stage.id)
    return { stage, declared: count?.n_declared ?? 0, guessed: count?.n_guessed ?? 0 }
  })
  const most = Math.max(...lines.map((one) => one.declared + one.guessed), 1)
  return (
    <figure className={styles.figure}>
      <ol className={styles.course}>
        {lines.map(({ stage, declared, guessed }) => (
          <li key={stage.id} data-moves={stage.moves_on}>
            <svg aria-hidden viewBox="0 0 10 100" preserveAspectRatio="none">
              <rect
                className={styles.guessed}
                width="10"
                y={100 - ((declared + guessed) / most) * 100}
                height={(guessed / most) * 100}
              />
              <rect
                className={styles.declared}
                width="10"
                y={100 - (declared / most) * 100}
                height={(declared / most) * 100}
              />
            </svg>
            <strong>{format.number(declared + guessed)}</strong>
            <span className={styles.name}>{naming(stage)}</span>
            <small>
              {t('of_which', {
                declared: format.number(declared),
                guessed: format.number(guessed),
              })}
            </small>
            {stage.moves_on && <small className={styles.moves}>{t('moves_on_mark')}</small>}
          </li>
        ))}
      </ol>
      <figcaption>
        <span data-part="declared">{t('declared')}</span>
        <span data-part="guessed">{t('guessed')}</span>
      </figcaption>
    </figure>
  )
}
