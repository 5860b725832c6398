import { useQuery } from '@tanstack/react-query'
import { listApprovalsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import styles from './Approvals.module.css'
import { useMayAnswer } from './approval'
import { useText } from './texts'

/** What waits for this member's answer; nothing where nothing does. */
export function WaitingSection() {
  const t = useText()
  const format = useFormat()
  const mayAnswer = useMayAnswer()
  const waiting = useQuery(listApprovalsOptions({ query: { is_waiting: true } })).data ?? []
  const own = waiting.filter(mayAnswer)
  if (!own.length) return null
  return (
    <Section title={t('home')}>
      <ul className={styles.waiting}>
        {own.map(({ id, wish, asked_by, expires_at }) => (
          <li key={id}>
            <TextLink to="/broadcasts/$broadcastId" params={{ broadcastId: wish.target }}>
              {t('home_ask', { title: wish.title, people: wish.n_people })}
            </TextLink>
            <p className={styles.note}>
              {asked_by} · {t('until', { when: format.instant(expires_at) })}
            </p>
          </li>
        ))}
      </ul>
    </Section>
  )
}
