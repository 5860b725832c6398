const shades = 5

/**
 * 0 for nothing, 1 to 5 for how much of the most: what a cell's colour says.
 *
 * By the root, so that one giant does not make all others look alike.
 */
export function shadeOf(value: number, most: number): number {
  if (value <= 0 || most <= 0) return 0
  return Math.min(shades, Math.ceil(Math.sqrt(value / most) * shades))
}

/** 1 to 5 for where a value lies between the least and the most there is; 0 for nothing. */
export function shadeBetween(value: number, [least, most]: [number, number]): number {
  if (value <= 0) return 0
  if (most <= least) return 1
  return Math.max(1, Math.min(shades, Math.ceil(((value - least) / (most - least)) * shades)))
}
