import { NativeSelect, Switch } from '@mantine/core'
import { useState } from 'react'
import type { PersonAnswer, RecommendationAnswer } from '@/api/generated'
import { EmptyState, Loaded, Section } from '@/design'
import { isStrategy, type Strategy, strategies } from '../../editor/blocks/strategies'
import { Picks } from '../../recommendations/Picks'
import { useText } from '../../recommendations/texts'
import { useRecommended } from '../../recommendations/useRecommended'
import styles from './recommended.module.css'

const shown = 8

/** What a message would recommend to this person now, by each strategy, and why. */
export default function RecommendedPart({ person }: { person: PersonAnswer }) {
  const t = useText()
  const [strategy, setStrategy] = useState<Strategy>('for_you')
  const [fills, setFills] = useState(true)
  const found = useRecommended({
    profile: person.id,
    strategy,
    limit: shown,
    falls_back: fills,
  })
  return (
    <Section title={t('lead')} note={t('lead_note')}>
      <div className={styles.choice}>
        <NativeSelect
          label={t('strategy')}
          description={t(`about_${strategy}`)}
          value={strategy}
          onChange={({ currentTarget }) =>
            isStrategy(currentTarget.value) && setStrategy(currentTarget.value)
          }
          data={strategies.map((one) => ({ value: one, label: t(`strategy_${one}`) }))}
        />
        <Switch
          label={t('fill_up')}
          checked={fills}
          onChange={({ currentTarget }) => setFills(currentTarget.checked)}
        />
      </div>
      <Loaded query={found}>{(answer) => <Answer answer={answer} strategy={strategy} />}</Loaded>
    </Section>
  )
}

function Answer({ answer, strategy }: { answer: RecommendationAnswer; strategy: Strategy }) {
  const t = useText()
  const others = answer.fell_back_to.filter(isStrategy)
  const separator = t('list_separator')
  return (
    <div aria-live="polite">
      {answer.model_version === null && <p className={styles.note}>{t('not_learned')}</p>}
      {others.length > 0 && (
        <p className={styles.note}>
          {t('filled_up', {
            names: others.map((one) => t(`strategy_${one}`)).join(separator),
          })}
        </p>
      )}
      {answer.items.length > 0 ? (
        <Picks items={answer.items} strategy={strategy} />
      ) : (
        <EmptyState title={t('nothing')}>{t('nothing_how')}</EmptyState>
      )}
    </div>
  )
}
