import type { IdentityChange, TimelineEvent } from '@/api/generated'

export type Row =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'visit'; key: string; from: string; to: string; count: number }
  | { kind: 'event'; key: string; event: TimelineEvent; isInVisit: boolean }
  | { kind: 'change'; key: string; change: IdentityChange }

const visitGap = 30 * 60_000

/**
 * Turns a timeline, newest first, into the rows of a list: days, visits and what happened.
 *
 * A visit is a run of two or more events of the person's own, none of them half an hour after the
 * one before.
 */
export function toRows(
  events: TimelineEvent[],
  changes: IdentityChange[],
  dayOf: (iso: string) => string,
): Row[] {
  const rows: Row[] = []
  const waiting = [...changes]
  let day = ''
  const enterDay = (at: string) => {
    const next = dayOf(at)
    if (next !== day) rows.push({ kind: 'day', key: `day-${next}`, at })
    day = next
  }
  const tellChanges = (until: number) => {
    while (waiting[0] && Date.parse(waiting[0].at) >= until) {
      const change = waiting.shift() as IdentityChange
      enterDay(change.at)
      rows.push({ kind: 'change', key: `change-${change.at}-${change.source_id}`, change })
    }
  }
  for (const visit of toVisits(events, dayOf)) {
    const [newest] = visit
    const oldest = visit.at(-1)
    if (!newest || !oldest) continue
    tellChanges(Date.parse(newest.at))
    enterDay(newest.at)
    const isVisit = visit.length > 1
    if (isVisit) {
      const key = `visit-${oldest.position}`
      rows.push({ kind: 'visit', key, from: oldest.at, to: newest.at, count: visit.length })
    }
    for (const event of visit) {
      tellChanges(Date.parse(event.at))
      rows.push({ kind: 'event', key: `event-${event.position}`, event, isInVisit: isVisit })
    }
  }
  tellChanges(Number.NEGATIVE_INFINITY)
  return rows
}

function toVisits(events: TimelineEvent[], dayOf: (iso: string) => string): TimelineEvent[][] {
  const visits: TimelineEvent[][] = []
  for (const event of events) {
    const visit = visits.at(-1)
    const later = visit?.at(-1)
    const isSame =
      later &&
      isOwn(event) &&
      isOwn(later) &&
      Date.parse(later.at) - Date.parse(event.at) < visitGap &&
      dayOf(later.at) === dayOf(event.at)
    if (visit && isSame) visit.push(event)
    else visits.push([event])
  }
  return visits
}

/** What was sent to somebody, or noted by the product, is no visit. */
function isOwn(event: TimelineEvent): boolean {
  return event.source_id !== 0 && !event.is_machine
}
