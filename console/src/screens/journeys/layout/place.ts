import type { JourneyDefinition } from '../model/definition'
import type { Edge } from '../model/ways'
import { edgeKey, growTree, type Item, type Tree } from './tree'

/** All lengths are pixels of the canvas at its full size. */
export const card = { width: 248, height: 86 }
export const end = { width: 32, height: 32 }
export const gap = { x: 32, y: 68, wayY: 104 }
const column = card.width

export interface Placed {
  item: Item
  /** The middle of the upper edge. */
  x: number
  y: number
  width: number
  height: number
  /** How many branches one is in, from 1. */
  level: number
}

/** A line of the list: an item, or the name of a way before what is on it. */
export interface Row {
  level: number
  item?: Item
  edge?: Edge
  /** Where the way leads; the item's own id for an item. */
  to: string
}

export interface Line {
  edge: Edge
  to: string
  key: string
  /** An SVG path. */
  path: string
  /** Where the `+` stands. */
  x: number
  y: number
  /** Where the way's name stands, if the step has several. */
  label?: { x: number; y: number }
}

export interface Layout {
  width: number
  height: number
  /** In reading order: each way down before the next to its right. */
  items: Placed[]
  lines: Line[]
  rows: Row[]
}

interface Block {
  width: number
  height: number
  /** Where the first item's middle is. */
  middle: number
  /** Puts all that is in it, from its upper left corner. */
  place: (left: number, top: number, level: number) => void
}

/** What placing fills. */
interface Places {
  items: Map<string, Placed>
  /** The middle of each way's column. */
  columns: Map<string, number>
  rows: Row[]
}

/** Where everything stands: computed from the steps alone, so that the same journey looks the same. */
export function placeJourney(journey: JourneyDefinition): Layout {
  const tree = growTree(journey)
  const places: Places = { items: new Map(), columns: new Map(), rows: [] }
  const block = blockOf(tree, '', places)
  block.place(0, 0, 1)
  const items = [...places.items.values()]
  const lanes = { items, placed: places.items, columns: places.columns, width: block.width }
  return {
    width: block.width,
    height: block.height,
    items,
    lines: items.flatMap((one) => linesOf(one, lanes)),
    rows: places.rows,
  }
}

/** An item, below it a column for each way, below those what they come together in. */
function blockOf(tree: Tree, id: string, places: Places): Block {
  const item = tree.items.get(id)
  if (!item) throw new Error(`no item ${id}`)
  const size = item.kind === 'end' ? end : card
  const hasWays = item.out.length > 1
  const drop = hasWays ? gap.wayY : gap.y
  const ways = item.out.map(({ edge }) => {
    const child = tree.own.get(id)?.get(edge.way)
    return child === undefined ? empty : blockOf(tree, child, places)
  })
  const joined = (tree.joins.get(id) ?? []).map((one) => blockOf(tree, one, places))
  const row = rowOf(ways)
  const middle = Math.max(size.width / 2, row.middle, ...joined.map((one) => one.middle))
  const width =
    middle +
    Math.max(size.width / 2, row.width - row.middle, ...joined.map((one) => one.width - one.middle))
  const rowHeight = Math.max(0, ...ways.map((one) => one.height))
  let height = size.height
  if (rowHeight > 0) height += drop + rowHeight
  else if (joined.length > 0 && hasWays) height += drop - gap.y
  for (const one of joined) height += gap.y + one.height
  return {
    width,
    height,
    middle,
    place: (left, top, level) => {
      const x = left + middle
      places.items.set(id, { item, x, y: top, ...size, level })
      places.rows.push({ level, item, to: id })
      const inner = hasWays ? level + 1 : level
      let at = x - row.middle
      for (const [index, { edge, to }] of item.out.entries()) {
        const way = ways[index] ?? empty
        places.columns.set(edgeKey(edge), at + way.middle)
        if (hasWays) places.rows.push({ level: inner, edge, to })
        way.place(at, top + size.height + drop, inner)
        at += way.width + gap.x
      }
      let below = top + size.height
      if (rowHeight > 0) below += drop + rowHeight
      else if (hasWays) below += drop - gap.y
      for (const one of joined) {
        one.place(x - one.middle, below + gap.y, level)
        below += gap.y + one.height
      }
    },
  }
}

/** A way that leads straight to where others come too: a column with nothing in it. */
const empty: Block = { width: column, height: 0, middle: column / 2, place: () => undefined }

/** Ways beside each other: the item above stands over the middle between the outer ones. */
function rowOf(ways: Block[]): { width: number; middle: number } {
  const first = ways[0]
  const last = ways.at(-1)
  if (!first || !last) return { width: 0, middle: 0 }
  const width = ways.reduce((sum, one) => sum + one.width + gap.x, -gap.x)
  return { width, middle: (first.middle + width - last.width + last.middle) / 2 }
}

interface Lanes {
  items: Placed[]
  placed: Map<string, Placed>
  /** The middle of each way's column. */
  columns: Map<string, number>
  width: number
}

function linesOf(from: Placed, lanes: Lanes): Line[] {
  const { placed, columns } = lanes
  const hasWays = from.item.out.length > 1
  return from.item.out.flatMap(({ edge, to }) => {
    const target = placed.get(to)
    if (!target) return []
    const key = edgeKey(edge)
    const x = columns.get(key) ?? from.x
    const top = from.y + from.height
    const turn = top + 28
    const y = hasWays ? top + 80 : top + gap.y / 2
    const arrival = target.y - (target.item.from.length > 1 ? 18 : 0)
    const lane = freeLane(x, y, arrival, target, lanes)
    const path = pathThrough([
      [from.x, top],
      [from.x, turn],
      [x, turn],
      [x, y + 16],
      [lane, y + 16],
      [lane, arrival],
      [target.x, arrival],
      [target.x, target.y],
    ])
    const label = hasWays ? { x, y: top + 46 } : undefined
    return [{ edge, to, key, path, x, y, ...(label ? { label } : {}) }]
  })
}

/**
 * Where a long way goes down without passing over a step: its own column, or the nearest gap.
 *
 * Only ways that leave the column they began in, past where others come together, need another.
 */
function freeLane(x: number, top: number, bottom: number, target: Placed, lanes: Lanes): number {
  if (bottom - top <= gap.y) return x
  const passed = lanes.items.filter(
    (one) => one !== target && one.y < bottom && one.y + one.height > top,
  )
  const isFree = (lane: number) =>
    passed.every((one) => Math.abs(one.x - lane) >= one.width / 2 + gap.x / 4)
  if (isFree(x)) return x
  return (
    passed
      .flatMap((one) => [one.x - one.width / 2 - gap.x / 2, one.x + one.width / 2 + gap.x / 2])
      .filter((lane) => lane > 0 && lane < lanes.width && isFree(lane))
      .sort((a, b) => Math.abs(a - x) - Math.abs(b - x))[0] ?? x
  )
}

type Point = [number, number]
const radius = 12

/** Straight lines with round corners; points in the same place are one. */
function pathThrough(points: Point[]): string {
  const way = points.filter(
    ([x, y], index) => index === 0 || x !== points[index - 1]?.[0] || y !== points[index - 1]?.[1],
  )
  const corners = way.filter((point, index) => !isBetween(way[index - 1], point, way[index + 1]))
  const [start, ...rest] = corners
  if (!start) return ''
  const parts = [`M${start[0]} ${start[1]}`]
  for (const [index, point] of rest.entries()) {
    const before = corners[index] ?? point
    const after = rest[index + 1]
    if (!after) parts.push(`L${point[0]} ${point[1]}`)
    else {
      const [a, b] = [towards(point, before), towards(point, after)]
      parts.push(`L${a[0]} ${a[1]}Q${point[0]} ${point[1]} ${b[0]} ${b[1]}`)
    }
  }
  return parts.join('')
}

function isBetween(before: Point | undefined, point: Point, after: Point | undefined): boolean {
  if (!before || !after) return false
  return (
    (before[0] === point[0] && point[0] === after[0]) ||
    (before[1] === point[1] && point[1] === after[1])
  )
}

function towards(from: Point, to: Point): Point {
  const length = Math.abs(to[0] - from[0]) + Math.abs(to[1] - from[1])
  const by = Math.min(radius, length / 2)
  return [from[0] + Math.sign(to[0] - from[0]) * by, from[1] + Math.sign(to[1] - from[1]) * by]
}
