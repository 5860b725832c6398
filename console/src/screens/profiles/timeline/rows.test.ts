import { expect, test } from 'vitest'
import type { TimelineEvent } from '@/api/generated'
import { toRows } from './rows'

const day = (iso: string) => iso.slice(0, 10)

function event(position: number, at: string, source = 1): TimelineEvent {
  return {
    position,
    at,
    type: 'Page Viewed',
    source_id: source,
    is_machine: false,
    is_simulated: false,
    summary: {
      amount: null,
      items: [],
      n_items: 0,
      text: '',
      reason: '',
      traits: [],
      consent: {},
    },
    details: {},
  }
}

test('days and visits', () => {
  const rows = toRows(
    [
      event(5, '2026-05-02T10:40:00Z'),
      event(4, '2026-05-02T10:20:00Z'),
      event(3, '2026-05-02T09:00:00Z'),
      event(2, '2026-05-01T09:10:00Z', 0),
      event(1, '2026-05-01T09:00:00Z'),
    ],
    [],
    day,
  )
  expect(rows.map((row) => row.key)).toEqual([
    'day-2026-05-02',
    'visit-4',
    'event-5',
    'event-4',
    'event-3',
    'day-2026-05-01',
    'event-2',
    'event-1',
  ])
})

test('changes of identity stand where they happened', () => {
  const change = { source_id: 1, by: '', explanation: '', joined: [], left: [] }
  const rows = toRows(
    [event(2, '2026-05-02T10:00:00Z'), event(1, '2026-05-01T10:00:00Z')],
    [
      { ...change, at: '2026-05-03T00:00:00Z' },
      { ...change, at: '2026-05-01T12:00:00Z' },
      { ...change, at: '2026-05-01T09:00:00Z' },
    ],
    day,
  )
  expect(rows.map((row) => row.kind)).toEqual([
    'day',
    'change',
    'day',
    'event',
    'day',
    'change',
    'event',
    'change',
  ])
})
