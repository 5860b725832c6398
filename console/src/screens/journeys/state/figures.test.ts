import { expect, test } from 'vitest'
import type { JourneyCounts, StepMessages } from '@/api/generated'
import { figuresOf, goalShare, stoppedOf } from './figures'

const messages: StepMessages = {
  step: 'mail',
  sent: 5,
  waiting: 1,
  by_cap: 2,
  by_guard: 1,
  by_consent: 4,
  withdrawn: 1,
  by_other: 3,
  stopped: {},
  held: {},
}

const counts: JourneyCounts = {
  journey_id: 'j',
  version: null,
  conversions: {
    entered: 20,
    converted: 5,
    value_minor: 0,
    held_out: 0,
    held_out_converted: 0,
    held_out_value_minor: 0,
  },
  active: 2,
  refused: {},
  outcomes: {},
  steps: [
    {
      step: 'fork',
      waiting: 2,
      arrived: 20,
      left: {},
      ways: [
        { way: 'a', to: 'mail', passed: 12, converted: 3 },
        { way: 'b', to: null, passed: 6, converted: 0 },
      ],
    },
    { step: 'mail', waiting: 0, arrived: 12, left: {}, ways: [] },
  ],
}

test('the goal is counted on the beginning, on steps and on ways', () => {
  const figures = figuresOf(counts, [messages])
  expect(figures.ways.get('.start')).toEqual({ passed: 20, converted: 5 })
  expect(figures.ways.get('fork.a')).toEqual({ passed: 12, converted: 3 })
  expect(goalShare(figures.steps.get('fork') ?? {})).toBeCloseTo(3 / 18)
  expect(goalShare(figures.steps.get('mail') ?? {})).toBeUndefined()
  expect(figures.steps.get('mail')?.messages).toBe(messages)
  expect(figures.steps.get('fork')?.messages).toBeUndefined()
})

test('what stopped is the sum of why', () => {
  expect(stoppedOf(messages)).toBe(11)
})
