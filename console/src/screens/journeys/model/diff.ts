import type { JourneyDefinition, Step } from './definition'
import { reached, stepOf, waysOut } from './ways'

/** One value that is another now; undefined for what is not said. */
export interface Change {
  /** Where in the step or the journey: `duration`, `parts.a.percent`. */
  path: string
  before: unknown
  after: unknown
}

export interface StepDiff {
  kind: 'added' | 'removed' | 'changed' | 'moved'
  step: Step
  changes: Change[]
  /** Its ways lead to other steps than before. */
  leadsElsewhere: boolean
}

export interface JourneyDiff {
  steps: StepDiff[]
  /** Name, trigger, who may enter, rules. */
  rules: Change[]
}

const ways = new Set(['next', 'on_timeout', 'otherwise', 'on_none'])

/** What is another in `after` than in `before`: steps in the order they are walked. */
export function diffJourneys(before: JourneyDefinition, after: JourneyDefinition): JourneyDiff {
  const removed: StepDiff[] = reached(before)
    .filter((id) => !stepOf(after, id))
    .flatMap((id) => stepOf(before, id) ?? [])
    .map((step) => ({ kind: 'removed', step, changes: [], leadsElsewhere: false }))
  const others: StepDiff[] = reached(after).flatMap((id) => {
    const step = stepOf(after, id)
    return step ? diffStep(stepOf(before, id), step) : []
  })
  const { steps: _, start: __, ...rest } = before
  const { steps: ___, start: ____, ...now } = after
  return { steps: [...others, ...removed], rules: changesOf(rest, now) }
}

function diffStep(before: Step | undefined, step: Step): StepDiff[] {
  if (!before) return [{ kind: 'added', step, changes: [], leadsElsewhere: false }]
  const isRewired = leadsElsewhere(before, step)
  const changes = changesOf(before, step).filter(
    ({ path }) => !ways.has(path.split('.').at(-1) ?? ''),
  )
  const kind = changes.length > 0 ? 'changed' : 'moved'
  return changes.length > 0 || isRewired ? [{ kind, step, changes, leadsElsewhere: isRewired }] : []
}

function leadsElsewhere(before: Step, after: Step): boolean {
  const aims = (step: Step) => JSON.stringify(waysOut(step).map(({ way, to }) => [way, to]))
  return aims(before) !== aims(after)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Nothing said, null and an empty list are the same to the server. */
const isNothing = (value: unknown) =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0)

/** The values that differ, each at the innermost name that says something by itself. */
export function changesOf(before: unknown, after: unknown, path = ''): Change[] {
  if (isNothing(before) && isNothing(after)) return []
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const isInner = path !== '' && (isWhole(path) || !isObject(before) || !isObject(after))
  if (isInner) {
    const pair = [before, after]
    return pair.every(haveIds)
      ? changesOf(byId(before), byId(after), path)
      : [{ path, before, after }]
  }
  const [left, right] = [before ?? {}, after ?? {}] as [Record<string, unknown>, typeof before]
  const other = right as Record<string, unknown>
  const keys = [...new Set([...Object.keys(left), ...Object.keys(other)])]
  return keys.flatMap((key) =>
    changesOf(left[key], other[key], path === '' ? key : `${path}.${key}`),
  )
}

/** What is told as one thing, however much of it differs. */
function isWhole(path: string): boolean {
  const last = path.split('.').at(-1) ?? ''
  return [
    'template',
    'trigger',
    'segment',
    'events',
    'when',
    'duration',
    'timeout',
    'within',
  ].includes(last)
}

const haveIds = (value: unknown): value is { id: string }[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => isObject(one) && 'id' in one)

const byId = (value: unknown) =>
  Object.fromEntries((value as { id: string }[]).map((one) => [one.id, one]))
