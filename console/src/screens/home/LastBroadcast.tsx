import { useQuery } from '@tanstack/react-query'
import type { Broadcast } from '@/api/generated'
import { getReportOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Figure, Figures, Loaded, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from './texts'

/** What became of the broadcast that went out last. */
export function LastBroadcast({ broadcast }: { broadcast: Broadcast }) {
  const t = useText()
  const format = useFormat()
  const report = useQuery(getReportOptions({ path: { broadcast_id: broadcast.id } }))
  const name = (
    <TextLink to="/broadcasts/$broadcastId" params={{ broadcastId: broadcast.id }}>
      {broadcast.definition.name}
    </TextLink>
  )
  return (
    <Section title={t('last')} note={name}>
      <Loaded query={report} lines={2}>
        {({ outbox, outcomes, attribution }) => {
          const held = Object.values(outbox.reasons).reduce((sum, n) => sum + n, 0)
          const rate = (n: number) =>
            outcomes.trackable ? format.percent(n / outcomes.trackable) : '–'
          const clicked = attribution.find((one) => one.touch === 'click')
          return (
            <Figures>
              <Figure label={t('last_sent')} value={format.number(outcomes.sent)} />
              <Figure
                label={t('last_held')}
                value={format.number(held)}
                note={held > 0 && t('last_held_note')}
              />
              <Figure
                label={t('last_opened')}
                value={rate(outcomes.opened)}
                note={t('last_opened_note', { count: outcomes.trackable })}
              />
              <Figure label={t('last_clicked')} value={rate(outcomes.clicked)} />
              {clicked && (
                <Figure
                  label={t('last_ordered')}
                  value={format.money(clicked.revenue_minor, clicked.currency)}
                />
              )}
            </Figures>
          )
        }}
      </Loaded>
    </Section>
  )
}
