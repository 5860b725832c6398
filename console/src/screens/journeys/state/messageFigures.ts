import type { StepMessages } from '@/api/generated'
import type { Say } from '../texts'
import { stoppedOf } from './figures'

const parts = [
  ['by_consent', 'stopped_by_consent'],
  ['by_cap', 'stopped_by_cap'],
  ['by_guard', 'stopped_by_guard'],
  ['withdrawn', 'stopped_withdrawn'],
  ['by_other', 'stopped_by_else'],
] as const

/** What became of a step's messages, in words; what nothing became of is left out. */
export function messageFigures(t: Say, one: StepMessages): [string, number][] {
  const stopped = parts
    .filter(([part]) => one[part] > 0)
    .map(([part, name]): [string, number] => [t(name), one[part]])
  const waiting: [string, number][] = one.waiting > 0 ? [[t('not_sent_yet'), one.waiting]] : []
  const all: [string, number][] = stoppedOf(one) > 0 ? [[t('stopped'), stoppedOf(one)]] : []
  return [[t('sent'), one.sent], ...waiting, ...all, ...stopped]
}
