import { expect, test } from 'vitest'
import type { JourneyDefinition } from './definition'
import { diffJourneys } from './diff'
import { changeStep, insertStep, moveStep, removeSteps } from './edit'
import { sampleJourney, sampleStep } from './sample'

const journey: JourneyDefinition = {
  name: 'Welcome',
  trigger: { type: 'event', events: { event: 'Signed Up' } },
  start: 'wait',
  steps: [
    { type: 'wait', id: 'wait', duration: { days: 1 }, next: 'split' },
    {
      type: 'split',
      id: 'split',
      parts: [
        { id: 'a', percent: 50, next: null },
        { id: 'b', percent: 50, next: null },
      ],
    },
  ],
  rules: { holdout_percent: 5 },
}

test('the same journey has no differences, however what is left out is written', () => {
  const spelled = { ...journey, segment: null, rules: { holdout_percent: 5, exits: [] } }
  expect(diffJourneys(journey, spelled)).toEqual({ steps: [], rules: [] })
})

test('each step says whether it is new, gone, another, or only elsewhere', () => {
  const added = insertStep(journey, { from: 'wait', way: 'next' }, sampleStep('set_trait', 'seen'))
  const found = diffJourneys(journey, added).steps.map(({ kind, step }) => [step.id, kind])
  expect(found).toEqual([
    ['wait', 'moved'],
    ['seen', 'added'],
  ])
  expect(diffJourneys(added, journey).steps.at(-1)).toMatchObject({ kind: 'removed' })
  const longer = changeStep(journey, { ...journey.steps?.[0], duration: { days: 2 } } as never)
  expect(diffJourneys(journey, longer).steps).toEqual([
    expect.objectContaining({
      kind: 'changed',
      changes: [{ path: 'duration', before: { days: 1 }, after: { days: 2 } }],
    }),
  ])
})

test('the part that changed is named, not the list it is in', () => {
  const parts = [
    { id: 'a', percent: 70, next: null },
    { id: 'b', percent: 30, next: null },
  ]
  const other = changeStep(journey, { type: 'split', id: 'split', parts })
  expect(diffJourneys(journey, other).steps[0]?.changes).toEqual([
    { path: 'parts.a.percent', before: 50, after: 70 },
    { path: 'parts.b.percent', before: 50, after: 30 },
  ])
})

test('rules and the trigger are told apart from the steps', () => {
  const other: JourneyDefinition = {
    ...journey,
    trigger: { type: 'api' },
    rules: { holdout_percent: 10 },
  }
  expect(diffJourneys(journey, other).rules).toEqual([
    { path: 'trigger', before: journey.trigger, after: { type: 'api' } },
    { path: 'rules.holdout_percent', before: 5, after: 10 },
  ])
})

test.each([1, 2, 3, 4, 5])('of journey %i, what was done is what differs', (seed) => {
  const made = sampleJourney(30, seed)
  for (const step of made.steps ?? []) {
    const without = removeSteps(made, [step.id])
    const gone = diffJourneys(made, without).steps.filter(({ kind }) => kind === 'removed')
    expect(gone.map((one) => one.step.id)).toContain(step.id)
    const moved = moveStep(made, step.id, -1)
    if (!moved) continue
    expect(diffJourneys(made, moved).steps.every(({ kind }) => kind === 'moved')).toBe(true)
  }
})

test('a step that is another and leads elsewhere says both', () => {
  const removed = removeSteps(journey, ['split'])
  const step = { ...removed.steps?.[0], duration: { days: 3 } } as never
  const [found] = diffJourneys(journey, changeStep(removed, step)).steps
  expect(found).toMatchObject({ kind: 'changed', leadsElsewhere: true })
  expect(found?.changes).toHaveLength(1)
})
