import { describe, expect, it } from 'vitest'
import type { SimulationResult } from '@/api/generated'
import { figuresOfResult, perPersonOf, stopsOf } from './figures'

const steps = [
  {
    step: 'mail',
    arrived: 9,
    waiting: 2,
    ways: [{ way: 'next', people: 7 }],
    stopped: { no_consent: 2 },
  },
  {
    step: 'again',
    arrived: 7,
    waiting: 0,
    ways: [{ way: 'next', people: 7 }],
    stopped: { no_consent: 1, over_cap: 4 },
  },
] as unknown as SimulationResult['steps']

describe('what a simulation found', () => {
  it('stands on the canvas as live figures do', () => {
    const figures = figuresOfResult({ entries: 9, steps } as SimulationResult)
    expect(figures.steps.get('mail')).toEqual({ arrived: 9, waiting: 2 })
    expect(figures.ways.get('.start')).toEqual({ passed: 9 })
    expect(figures.ways.get('mail.next')).toEqual({ passed: 7 })
  })

  it('adds up reasons over the steps, the most frequent first', () => {
    expect(stopsOf({ steps })).toEqual([
      ['over_cap', 4],
      ['no_consent', 3],
    ])
  })

  it('leaves no gap between numbers of messages', () => {
    expect(perPersonOf({ '0': 3, '2': 5 })).toEqual([
      { messages: 0, people: 3 },
      { messages: 1, people: 0 },
      { messages: 2, people: 5 },
    ])
    expect(perPersonOf({})).toEqual([{ messages: 0, people: 0 }])
  })
})
