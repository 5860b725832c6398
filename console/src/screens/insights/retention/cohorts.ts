import type { Cohort, CohortMonth, Retention } from '@/api/generated'

export const furthest = 12
/** Small screens show these months after the first. */
export const kept = new Set([0, 1, 2, 3, 6, 9, 12])

/** One cell: a cohort in one of its months. */
export interface Place {
  cohort: Cohort
  month: CohortMonth
}

/** Share of a cohort that bought so many months after its first. */
export function shareOf(cohort: Cohort, month: CohortMonth): number {
  return cohort.n_people > 0 ? month.n_people / cohort.n_people : 0
}

/** A cohort's last month is still running. */
export function isRunning(cohort: Cohort, month: CohortMonth): boolean {
  return month.after === cohort.months.length - 1
}

/** In the first month of a shop's data old customers look new: it says nothing about new ones. */
function won({ cohorts }: Retention): Cohort[] {
  return cohorts.slice(1)
}

/** Of all cohorts that have had that month in full: the share that bought in it; null if none has. */
export function shareAfter(retention: Retention, after: number): number | null {
  let people = 0
  let back = 0
  for (const cohort of won(retention)) {
    const month = cohort.months[after]
    if (!month || isRunning(cohort, month)) continue
    people += cohort.n_people
    back += month.n_people
  }
  return people > 0 ? back / people : null
}

/** The latest month after the first that at least three cohorts have had in full. */
export function lastKnown(retention: Retention): number {
  return Math.min(furthest, Math.max(0, won(retention).length - 4))
}

const day = (iso: string) => new Date(`${iso}T00:00:00Z`)

/** The month after one, both as first days: 2026-12-01 → 2027-01-01. */
export function monthAfter(month: string, n: number): string {
  const at = day(month)
  at.setUTCMonth(at.getUTCMonth() + n)
  return at.toISOString().slice(0, 10)
}
