import type { EverybodyAnswer, Missing } from '@/api/generated'

/** What came of a draft for the people it was made for so far. */
export interface Sum {
  /** People looked at, and in all. */
  done: number
  audience: number
  /** Messages that cannot be made, and that the guard would stop. */
  failed: number
  stopped: number
  missing: readonly Missing[]
  /** After whom the next part begins; undefined after the last. */
  next?: number
}

export const nobody: Sum = { done: 0, audience: 0, failed: 0, stopped: 0, missing: [], next: 0 }

/** Adds what came of one more part of the audience. */
export function add(sum: Sum, { report, audience, done, next }: EverybodyAnswer): Sum {
  const stopped = (report.objections ?? []).map((one) => one.stopped)
  return {
    done,
    audience,
    failed: sum.failed + (report.failed ?? 0),
    // One message may be stopped by several rules: at least so many are.
    stopped: sum.stopped + Math.max(0, ...stopped),
    missing: addMissing(sum.missing, report.missing ?? []),
    next: next ?? undefined,
  }
}

function addMissing(sum: readonly Missing[], more: readonly Missing[]): Missing[] {
  const found = new Map(sum.map((one) => [one.path, one]))
  for (const one of more) {
    const held = found.get(one.path)
    found.set(one.path, {
      path: one.path,
      missing: (held?.missing ?? 0) + one.missing,
      of: (held?.of ?? 0) + one.of,
    })
  }
  return [...found.values()].sort((one, other) => other.missing - one.missing)
}
