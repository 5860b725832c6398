import type { CurvePoint, RepeatCurve } from '@/api/generated'

const nothing: CurvePoint = { day: 0, share: 0, low: 0, high: 0, n_at_risk: 0 }
export const marks = [7, 14, 30, 60, 90, 180, 365]

/** What the curve says by a day; null beyond the last that enough people were watched for. */
export function pointAt(curve: RepeatCurve, day: number): CurvePoint | null {
  if (day > curve.last_day) return null
  return curve.points.findLast((one) => one.day <= day) ?? { ...nothing, day }
}

/** The first day by which so many had come back; null if the curve never says so. */
export function dayOf(curve: RepeatCurve, share: number): number | null {
  return curve.points.find((one) => one.share >= share)?.day ?? null
}

export interface RepeatFinding {
  /** By this day … */
  day: number
  share: number
  /** … and half of them by this one. */
  halfDay: number
}

/** How many come back within 90 days, or as far as is known; null before anybody has. */
export function findReturn(curve: RepeatCurve | undefined): RepeatFinding | null {
  if (!curve) return null
  const day = Math.min(90, curve.last_day)
  const share = pointAt(curve, day)?.share ?? 0
  const halfDay = dayOf(curve, share / 2)
  return day < 1 || share <= 0 || halfDay === null ? null : { day, share, halfDay }
}
