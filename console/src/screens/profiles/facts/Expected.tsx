import { useQuery } from '@tanstack/react-query'
import type { PersonPrediction } from '@/api/generated'
import { getPredictionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useShop } from '@/app/session'
import { Loaded, Section } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import styles from './facts.module.css'
import { useText } from './texts'

/** What is expected of a customer, each with how far it may be off; or why nothing is. */
export function Expected({ profileId }: { profileId: string }) {
  const t = useText()
  const language = useLanguage()
  const said = useQuery(getPredictionsOptions({ path: { profile_id: profileId } }))
  return (
    <Section title={t('expected')} note={t('expected_say')}>
      <Loaded query={said}>
        {({ prediction, withheld }) => (
          <>
            {prediction && <Figures expected={prediction} />}
            {withheld && <p className={styles.expectedNote}>{withheld[language]}</p>}
          </>
        )}
      </Loaded>
    </Section>
  )
}

function Figures({ expected }: { expected: PersonPrediction }) {
  const t = useText()
  const format = useFormat()
  const { currency } = useShop()
  const round = (value: number) => format.number(Math.round(value * 10) / 10)
  const money = (minor: number) => format.money(minor, currency)
  const lines: [string, string, string][] = [
    [
      t('expected_purchases', { count: expected.horizon_days }),
      round(expected.purchases),
      t('expected_within', {
        low: round(expected.purchases_low),
        high: round(expected.purchases_high),
      }),
    ],
    [
      t('expected_value'),
      money(expected.value_minor),
      t('expected_within', {
        low: money(expected.value_low_minor),
        high: money(expected.value_high_minor),
      }),
    ],
    [t('expected_churn'), format.percent(expected.churn, 0), ''],
  ]
  if (expected.next_purchase) {
    lines.push([t('expected_next'), format.calendarDay(expected.next_purchase), ''])
  }
  return (
    <dl className={styles.told}>
      {lines.map(([label, value, note]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {value} {note && <small>{note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
