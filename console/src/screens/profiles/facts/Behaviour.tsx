import type { PersonAnswer } from '@/api/generated'
import { Distribution, Section } from '@/design'
import { useFormat } from '@/language/format'
import styles from './facts.module.css'
import { useText } from './texts'

/** When and where somebody comes, and where they stand. */
export function Behaviour({ person }: { person: PersonAnswer }) {
  const t = useText()
  const format = useFormat()
  const { habits, computed } = person
  const company = person.companies[0]
  const told: [string, string | null | undefined][] = [
    [t('favourite_category'), computed.favourite_category],
    [t('last_store'), dated(habits.last_store, habits.last_store_at, format.day)],
    [t('last_staff'), dated(habits.last_staff, habits.last_staff_at, format.day)],
    [t('tier'), person.tier],
    [t('points'), person.points === null ? '' : format.number(person.points)],
    [
      t('company'),
      company && [company.name || company.id, company.role].filter(Boolean).join(' · '),
    ],
  ]
  const points = habits.hours.map((value, hour) => ({
    label: `${hour}:00`,
    value,
    text: format.number(value),
  }))
  return (
    <Section title={t('behaviour')} note={t('behaviour_say')}>
      {habits.n_events > 0 && (
        <Distribution title={t('when')} points={points} headers={[t('hour'), t('events')]} />
      )}
      <dl className={styles.told}>
        {told
          .filter(([, value]) => value)
          .map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </Section>
  )
}

function dated(text: string, at: string | null, day: (iso: string) => string): string {
  return text && at ? `${text} · ${day(at)}` : text
}
