import { expect, test } from 'vitest'
import type { IdentityAnswer } from '@/api/generated'
import { layOut } from './layout'

const id = (kind: string, value: string) => ({ kind, value })
const link = (left: ReturnType<typeof id>, right: ReturnType<typeof id>, outcome: string) => ({
  left,
  right,
  outcome,
  kind: 'seen',
  at: '2026-05-01T00:00:00Z',
  source_id: 1,
})
const known = (identifier: ReturnType<typeof id>) => ({
  identifier,
  number: 1,
  first_seen_at: '2026-05-01T00:00:00Z',
  is_shared: false,
})

test('one identifier a row, weaker ones to the right, strangers last', () => {
  const [user, mail, device] = [id('user_id', 'u'), id('email', 'e'), id('anonymous_id', 'd')]
  const stranger = id('user_id', 'x')
  const identity: IdentityAnswer = {
    id: 'prf_1',
    identifiers: [known(user), known(device), known(mail)],
    evidence: [
      link(user, device, 'joined'),
      link(user, mail, 'hub'),
      link(user, mail, 'joined'),
      link(stranger, mail, 'limit_user_id'),
      link(stranger, device, 'overruled'),
    ],
    decisions: [],
    history: [],
  }
  const { nodes, edges, hidden } = layOut(identity)
  expect(nodes.map(({ value, level, row }) => [value, level, row])).toEqual([
    ['u', 0, 0],
    ['e', 1, 1],
    ['d', 2, 2],
    ['x', 3, 3],
  ])
  expect(edges.map(({ from, to, isJoining }) => [from.value, to.value, isJoining])).toEqual([
    ['u', 'd', true],
    ['u', 'e', true],
    ['e', 'x', false],
  ])
  expect(hidden).toBe(0)
})

test('hundreds of devices are counted, not drawn', () => {
  const devices = Array.from({ length: 300 }, (_, n) => known(id('anonymous_id', `d${n}`)))
  const identity = { id: 'prf_1', identifiers: devices, evidence: [], decisions: [], history: [] }
  const { nodes, hidden } = layOut(identity)
  expect([nodes.length, hidden]).toEqual([7, 293])
})
