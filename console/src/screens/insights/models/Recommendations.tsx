import type { RankingCard, RecommendationCard, RecommendationModelAnswer } from '@/api/generated'
import { Badge, Facts, Section } from '@/design'
import { useFormat } from '@/language/format'
import { Picture } from '../Picture'
import { useText } from '../texts'
import columns from './PurchaseModel.module.css'
import styles from './Recommendations.module.css'

type Trial = RankingCard['trials'][number]
type Line = Trial & { mode: RankingCard['mode'] }

const names = {
  learned: 'rank_learned',
  own_frequency: 'rank_own_frequency',
  own_recent: 'rank_own_recent',
  own_faster: 'rank_own_faster',
  own_trending: 'rank_own_trending',
  likes: 'rank_likes',
  likes_lately: 'rank_likes_lately',
  next_up: 'rank_next_up',
  popular: 'rank_popular',
  trending: 'rank_trending',
  trending_fast: 'rank_trending_fast',
} as const

/** Says a way of ranking in words; one that has none yet by its name. */
function useRanking(): (name: string) => string {
  const t = useText()
  return (name) => (name in names ? t(names[name as keyof typeof names]) : name)
}

/** What ranks recommendations, beside every other way that was tried on the shop's past. */
export function Recommendations({
  model,
  card,
}: {
  model: RecommendationModelAnswer
  card: RecommendationCard
}) {
  const t = useText()
  const format = useFormat()
  const ranking = useRanking()
  const chosen = card.blends.map(
    (blend) => `${t(blend.mode === 'all' ? 'mode_all' : 'mode_new')}: ${ranking(blend.chosen)}`,
  )
  return (
    <div className={styles.card}>
      <Tried card={card} />
      <div className={columns.columns}>
        <Section title={t('recommend_about')}>
          <Facts
            facts={[
              [t('model_says'), t('recommend_says_what')],
              [t('recommend_ranks'), format.list(chosen)],
              [
                t('model_data'),
                t('recommend_data_what', {
                  people: format.number(card.n_customers),
                  items: format.number(card.n_items),
                  purchases: format.number(card.n_purchases),
                  first: format.day(card.first_at),
                  last: format.day(card.last_at),
                }),
              ],
              [t('model_learned'), format.instant(model.learned_at ?? model.as_of)],
              [t('model_version'), `${model.version}`],
            ]}
          />
        </Section>
        <Section title={t('model_limits')}>
          <ul className={columns.limits}>
            <li>{t('recommend_limit_gate')}</li>
            <li>{t('limit_people')}</li>
            <li>{t('limit_shop')}</li>
          </ul>
        </Section>
      </div>
    </div>
  )
}

function Tried({ card }: { card: RecommendationCard }) {
  const t = useText()
  const format = useFormat()
  const ranking = useRanking()
  const lines: Line[] = card.blends.flatMap((blend) =>
    blend.trials.map((trial) => ({ ...trial, mode: blend.mode })),
  )
  const most = Math.max(...lines.map((line) => line.ndcg.high), 0.01)
  const mode = (line: Line) => t(line.mode === 'all' ? 'mode_all' : 'mode_new')
  const points = (share: number) => format.number(Math.round(share * 1000) / 10)
  const figure = (id: 'value' | 'low' | 'high', header: string) => ({
    id,
    header,
    isNumber: true,
    cell: (line: Line) => points(line.ndcg[id]),
    plain: (line: Line) => line.ndcg[id],
  })
  if (lines.length === 0) return <p>{t('recommend_untried')}</p>
  return (
    <Picture
      title={t('recommend_picture')}
      file="recommendations"
      figures={{
        rows: lines,
        rowKey: (line) => `${line.mode} ${line.ranking}`,
        columns: [
          {
            id: 'ranking',
            header: t('ranking'),
            cell: (line) => ranking(line.ranking),
            plain: (line) => ranking(line.ranking),
          },
          { id: 'mode', header: t('ranks_what'), cell: mode, plain: mode },
          figure('value', t('fit')),
          figure('low', t('at_least')),
          figure('high', t('at_most')),
        ],
      }}
    >
      {card.blends.map((blend) => (
        <section key={blend.mode} className={styles.blend}>
          <h2>{t(blend.mode === 'all' ? 'mode_all' : 'mode_new')}</h2>
          <ul>
            {[...blend.trials]
              .sort((one, other) => other.ndcg.value - one.ndcg.value)
              .map((trial) => (
                <li key={trial.ranking} data-chosen={trial.is_chosen}>
                  <span>
                    {ranking(trial.ranking)}{' '}
                    {trial.is_chosen && <Badge tone="action">{t('in_use')}</Badge>}
                  </span>
                  <svg aria-hidden viewBox="0 0 100 10" preserveAspectRatio="none">
                    <rect width={(trial.ndcg.value / most) * 100} y="1" height="8" />
                    <line
                      x1={(trial.ndcg.low / most) * 100}
                      x2={(trial.ndcg.high / most) * 100}
                      y1="5"
                      y2="5"
                    />
                  </svg>
                  <strong>{points(trial.ndcg.value)}</strong>
                </li>
              ))}
          </ul>
        </section>
      ))}
      <p className={columns.note}>{t('recommend_note')}</p>
    </Picture>
  )
}
