import type { AffinityCard, HabitCards } from '@/api/generated'
import { Section } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from '../texts'
import styles from './HabitsModel.module.css'
import { useWithheld } from './PurchaseModel'
import recommendations from './Recommendations.module.css'

const kinds = ['categories', 'discounts', 'hours', 'weekdays', 'channels'] as const

/** What people lean to: how often what was named came true, beside what one would say anyway. */
export function HabitsModel({ cards }: { cards: HabitCards }) {
  const t = useText()
  return (
    <div className={recommendations.card}>
      <Section title={t('habits')} note={t('habits_say')}>
        <ul className={styles.habits}>
          {kinds.map((kind) => (
            <Habit key={kind} kind={kind} card={cards[kind]} />
          ))}
        </ul>
      </Section>
    </div>
  )
}

interface Props {
  kind: (typeof kinds)[number]
  card: AffinityCard
}

function Habit({ kind, card }: Props) {
  const t = useText()
  const format = useFormat()
  const withheld = useWithheld()
  const { hit, plain_hit: plain } = card
  return (
    <li>
      <h3>{t(`habits_${kind}`)}</h3>
      <p>
        {card.withheld ? (
          <span className={styles.silent}>{withheld(card.withheld)}</span>
        ) : (
          t('habits_named', { count: card.n_named, people: format.number(card.n_people) })
        )}
      </p>
      {hit && plain !== null && (
        <>
          <svg aria-hidden viewBox="0 0 100 10" preserveAspectRatio="none">
            <rect className={styles.track} width="100" y="3" height="4" />
            <rect width={hit.value * 100} y="3" height="4" />
            <line x1={plain * 100} x2={plain * 100} y1="0" y2="10" />
          </svg>
          <small>
            {t(`habits_hit_${kind === 'discounts' ? 'everybody' : 'favourite'}`, {
              hit: format.percent(hit.value),
              low: format.percent(hit.low),
              high: format.percent(hit.high),
              plain: format.percent(plain),
            })}
          </small>
        </>
      )}
    </li>
  )
}
