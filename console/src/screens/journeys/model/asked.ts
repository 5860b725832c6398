import type { Json, Match, Trigger, Who } from './definition'

/** Says whether any part of a condition asks what let the person in. */
export function asksTrigger(who: Who | null | undefined): boolean {
  if (typeof who !== 'object' || who === null) return false
  if (who.type === 'trigger') return true
  const inner = Array.isArray(who.of) ? who.of : [who.of]
  return inner.some((one) => asksTrigger(one as Who | undefined))
}

/** Of a condition that asks nothing but what let the person in: its filters. */
export function filtersOf(who: Who | null | undefined): Json[] | undefined {
  if (typeof who !== 'object' || who?.type !== 'trigger') return undefined
  return Array.isArray(who.where) ? (who.where as Json[]) : []
}

/** The type of the events that let people in, where it is one. */
export function eventOf(trigger: Trigger): string {
  return trigger.type === 'event' ? (trigger.events.event ?? '') : ''
}

/** Which properties must be the same, as `product_id = product_id`. */
export function sayMatches(matches: Match[]): string {
  return matches
    .map(({ trigger, path, item }) => `${item ?? path?.join('.')} = ${trigger.join('.')}`)
    .join('、')
}
