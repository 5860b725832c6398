import { useSearch } from '@tanstack/react-router'
import type { Classification, Mode, PiiClass } from '@/api/generated'

export const modes: Mode[] = ['allow', 'flag', 'block']
export const piiClasses: PiiClass[] = ['none', 'quasi', 'contact', 'identifying']
export const sensitivities: Classification['sensitivity'][] = [
  'none',
  'health',
  'religion',
  'ethnicity',
  'politics',
  'sexuality',
  'union',
  'biometrics',
  'criminal',
  'minors',
]

export const valueTypes = [
  'text',
  'number',
  'boolean',
  'instant',
  'list',
  'object',
  'null',
  'protected',
] as const
export type ValueType = (typeof valueTypes)[number]

export function asValueType(name: string): ValueType {
  return valueTypes.find((one) => one === name) ?? 'text'
}

/** The text of a search parameter; numbers in the address are text all the same. */
export function useParameter(name: string): string {
  const search: Record<string, unknown> = useSearch({ strict: false })
  const value = search[name]
  return value === undefined || value === null ? '' : String(value)
}
