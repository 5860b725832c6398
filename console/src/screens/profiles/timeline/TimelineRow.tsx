import { memo } from 'react'
import type { IdentityChange, TimelineEvent } from '@/api/generated'
import { useShop } from '@/app/session'
import { Badge } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { useEventAbout, useEventName } from '../events/words'
import type { Row } from './rows'
import { useText } from './texts'
import styles from './timeline.module.css'

export const TimelineRow = memo(function TimelineRow({ row }: { row: Row }) {
  const t = useText()
  const format = useFormat()
  const clock = useClock()
  switch (row.kind) {
    case 'day':
      return <h3 className={styles.day}>{format.day(row.at)}</h3>
    case 'visit':
      return (
        <p className={styles.visit}>
          {t('visit', { from: clock(row.from), to: clock(row.to), count: row.count })}
        </p>
      )
    case 'change':
      return <Change change={row.change} time={clock(row.change.at)} />
    case 'event':
      return <Event event={row.event} isInVisit={row.isInVisit} time={clock(row.event.at)} />
  }
})

interface EventProps {
  event: TimelineEvent
  isInVisit: boolean
  time: string
}

function Event({ event, isInVisit, time }: EventProps) {
  const t = useText()
  const name = useEventName()
  const about = useEventAbout()
  return (
    <details className={styles.event} data-visit={isInVisit}>
      <summary>
        <time dateTime={event.at}>{time}</time>
        <span>
          <strong>{name(event.type)}</strong>{' '}
          <span className={styles.about}>{about(event.summary)}</span>{' '}
          {event.is_machine && <Badge>{t('machine')}</Badge>}
          {event.is_simulated && <Badge>{t('simulated')}</Badge>}
        </span>
      </summary>
      <pre>{JSON.stringify(event.details, undefined, 1)}</pre>
    </details>
  )
}

function Change({ change, time }: { change: IdentityChange; time: string }) {
  const t = useText()
  const format = useFormat()
  const listed = (identifiers: IdentityChange['joined']) =>
    format.list((identifiers ?? []).map((one) => one.value))
  const { joined = [], left = [], by, explanation } = change
  return (
    <div className={styles.change}>
      <time dateTime={change.at}>{time}</time>
      <div>
        {joined.length > 0 && <p>{t('joined', { what: listed(joined) })}</p>}
        {left.length > 0 && <p>{t('left', { what: listed(left) })}</p>}
        <small>
          {by ? t('decided', { by, explanation: explanation ?? '' }) : t('by_evidence')}
        </small>
      </div>
    </div>
  )
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Writes the time of day in the shop's zone. */
function useClock(): (iso: string) => string {
  const language = useLanguage()
  const zone = useShop().timezone
  const key = `${language} ${zone}`
  let format = formats.get(key)
  if (!format) {
    const locale = language === 'ja' ? 'ja-JP' : 'en-GB'
    format = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: zone })
    formats.set(key, format)
  }
  const known = format
  return (iso) => known.format(new Date(iso))
}
