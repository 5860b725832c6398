import type { JourneyDefinition } from '../model/definition'
import { atStart, type Edge, reached, stepsOf, waysOut } from '../model/ways'

/** The trigger, a step, or the end of a way that leads nowhere. */
export interface Item {
  /** Of the step; `end:<from>.<way>` for an end; empty for the trigger. */
  id: string
  kind: 'trigger' | 'step' | 'end'
  /** The ways that lead here; those of a step in the order they are walked. */
  from: Edge[]
  out: { edge: Edge; to: string }[]
}

/** A journey as it is drawn: every step once, every open way with an end. */
export interface Tree {
  items: Map<string, Item>
  /**
   * What hangs below each item: its own for a way that is alone in leading there, and the joins,
   * where ways come together again that parted here, in the order they are passed.
   */
  own: Map<string, Map<string, string>>
  joins: Map<string, string[]>
}

export const edgeKey = ({ from, way }: Edge) => `${from}.${way}`
export const endOf = (edge: Edge) => `end:${edgeKey(edge)}`

/** Finds where the ways of a journey part and come together again. Steps must not lead back. */
export function growTree(journey: JourneyDefinition): Tree {
  const items = itemsOf(journey)
  const order = inOrder(items)
  const parents = dominators(items, order)
  const own = new Map<string, Map<string, string>>()
  const joins = new Map<string, string[]>()
  for (const id of order.slice(1)) {
    const item = items.get(id)
    const parent = parents.get(id)
    if (!item || parent === undefined) continue
    const [only, ...others] = item.from
    if (only && others.length === 0) {
      const ways = own.get(only.from) ?? new Map<string, string>()
      own.set(only.from, ways.set(only.way, id))
    } else joins.set(parent, [...(joins.get(parent) ?? []), id])
  }
  return { items, own, joins }
}

function itemsOf(journey: JourneyDefinition): Map<string, Item> {
  const steps = new Map(stepsOf(journey).map((one) => [one.id, one]))
  const items = new Map<string, Item>()
  items.set('', { id: '', kind: 'trigger', from: [], out: [] })
  const shown = reached(journey)
  for (const id of shown) items.set(id, { id, kind: 'step', from: [], out: [] })
  const link = (edge: Edge, to: string | null) => {
    const id = to !== null && steps.has(to) ? to : endOf(edge)
    if (!items.has(id)) items.set(id, { id, kind: 'end', from: [], out: [] })
    items.get(id)?.from.push(edge)
    items.get(edge.from)?.out.push({ edge, to: id })
  }
  link(atStart, journey.start ?? null)
  for (const id of shown) {
    const step = steps.get(id)
    if (step) for (const { way, to } of waysOut(step)) link({ from: id, way }, to)
  }
  return items
}

/** Every item after all that lead to it. */
function inOrder(items: Map<string, Item>): string[] {
  const open = new Map([...items.values()].map((one) => [one.id, one.from.length]))
  const order: string[] = []
  const waiting = ['']
  while (waiting.length > 0) {
    const id = waiting.pop() ?? ''
    order.push(id)
    for (const { to } of [...(items.get(id)?.out ?? [])].reverse()) {
      const left = (open.get(to) ?? 0) - 1
      open.set(to, left)
      if (left === 0) waiting.push(to)
    }
  }
  return order
}

/** For each item the last one that all the ways to it pass. */
function dominators(items: Map<string, Item>, order: string[]): Map<string, string> {
  const place = new Map(order.map((id, index) => [id, index]))
  // By place in the order: whatever leads to an item stands before it.
  const parents = new Int32Array(order.length)
  for (let n = 1; n < order.length; n++) {
    let parent = -1
    for (const { from } of items.get(order[n] ?? '')?.from ?? []) {
      let other = place.get(from) ?? 0
      if (parent < 0) parent = other
      while (parent !== other) {
        if (parent > other) parent = parents[parent] ?? 0
        else other = parents[other] ?? 0
      }
    }
    parents[n] = parent
  }
  return new Map(order.slice(1).map((id, n) => [id, order[parents[n + 1] ?? 0] ?? '']))
}
