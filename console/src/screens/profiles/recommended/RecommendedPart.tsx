import { NativeSelect, Switch } from '@mantine/core'
import { useState } from 'react'
import type { PersonAnswer, RecommendationAnswer } from '@/api/generated'
import { EmptyState, Loaded, Section } from '@/design'
import {
  isStrategy,
  isSuggestion,
  type Strategy,
  type Suggestion,
  strategies,
} from '../../editor/blocks/strategies'
import { Picks } from '../../recommendations/Picks'
import { Suggested } from '../../recommendations/Suggested'
import { useText } from '../../recommendations/texts'
import { useRecommended, useSuggested } from '../../recommendations/useRecommended'
import styles from './recommended.module.css'

const shown = 8
type ProductStrategy = Exclude<Strategy, Suggestion>

/** What a message would recommend to this person now, by each strategy, and why. */
export default function RecommendedPart({ person }: { person: PersonAnswer }) {
  const t = useText()
  const [strategy, setStrategy] = useState<Strategy>('for_you')
  const [fills, setFills] = useState(true)
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
        {!isSuggestion(strategy) && strategy !== 'content' && (
          <Switch
            label={t('fill_up')}
            checked={fills}
            onChange={({ currentTarget }) => setFills(currentTarget.checked)}
          />
        )}
      </div>
      {isSuggestion(strategy) ? (
        <Words profile={person.id} kind={strategy} />
      ) : (
        <Goods profile={person.id} strategy={strategy} falls_back={fills} />
      )}
    </Section>
  )
}

function Goods(asked: { profile: string; strategy: ProductStrategy; falls_back: boolean }) {
  const found = useRecommended({ ...asked, limit: shown })
  return (
    <Loaded query={found}>
      {(answer) => <Answer answer={answer} strategy={asked.strategy} />}
    </Loaded>
  )
}

function Words(asked: { profile: string; kind: Suggestion }) {
  const t = useText()
  const found = useSuggested({ ...asked, limit: shown })
  return (
    <Loaded query={found}>
      {(items) => (
        <div aria-live="polite">
          {items.length > 0 ? (
            <Suggested items={items} kind={asked.kind} />
          ) : (
            <EmptyState title={t('nothing')}>{t('nothing_suggested_how')}</EmptyState>
          )}
        </div>
      )}
    </Loaded>
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
