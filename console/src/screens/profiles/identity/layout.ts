import type { Evidence, Identifier, IdentityAnswer } from '@/api/generated'

export interface GraphNode {
  key: string
  kind: string
  value: string
  /** 0 who, 1 reached by, 2 devices, 3 somebody else */
  column: number
  row: number
  isShared: boolean
}

export interface GraphEdge {
  key: string
  from: GraphNode
  to: GraphNode
  outcome: string
  isJoining: boolean
}

export interface Graph {
  nodes: GraphNode[]
  edges: GraphEdge[]
  /** Nodes of each column that are not drawn. */
  hidden: number[]
  rows: number
}

const mostRows = 9
const joining = new Set(['joined', 'same'])

export function keyOf(identifier: Identifier): string {
  return `${identifier.kind}:${identifier.value}`
}

export function isRefusal(evidence: Evidence): boolean {
  return !joining.has(evidence.outcome) && evidence.outcome !== 'overruled'
}

/** Places a person's identifiers in columns by kind, with whom they were not joined at the end. */
export function layOut({ identifiers, evidence }: IdentityAnswer): Graph {
  const columns: GraphNode[][] = [[], [], [], []]
  const hidden = [0, 0, 0, 0]
  const nodes = new Map<string, GraphNode>()
  const place = (identifier: Identifier, column: number, isShared: boolean) => {
    const key = keyOf(identifier)
    const held = columns[column] ?? []
    if (nodes.has(key)) return
    if (held.length >= mostRows) {
      hidden[column] = (hidden[column] ?? 0) + 1
      return
    }
    const node = { key, ...identifier, column, row: held.length, isShared }
    held.push(node)
    nodes.set(key, node)
  }
  for (const known of identifiers) {
    place(known.identifier, columnOf(known.identifier.kind), known.is_shared)
  }
  const own = new Set(identifiers.map((known) => keyOf(known.identifier)))
  for (const one of evidence.filter(isRefusal)) {
    for (const end of [one.left, one.right]) if (!own.has(keyOf(end))) place(end, 3, false)
  }
  return {
    nodes: [...nodes.values()],
    edges: toEdges(evidence, nodes),
    hidden,
    rows: Math.max(...columns.map((held, column) => held.length + (hidden[column] ? 1 : 0)), 1),
  }
}

function columnOf(kind: string): number {
  if (kind === 'anonymous_id') return 2
  return kind === 'email' || kind === 'phone' ? 1 : 0
}

/** One line between two identifiers: what joins them goes before what was refused. */
function toEdges(evidence: Evidence[], nodes: Map<string, GraphNode>): GraphEdge[] {
  const edges = new Map<string, GraphEdge>()
  for (const one of evidence) {
    const from = nodes.get(keyOf(one.left))
    const to = nodes.get(keyOf(one.right))
    const isJoining = joining.has(one.outcome)
    if (!from || !to || (!isJoining && !isRefusal(one))) continue
    const key = `${from.key} ${to.key}`
    if (isJoining || !edges.has(key)) {
      edges.set(key, { key, from, to, outcome: one.outcome, isJoining })
    }
  }
  return [...edges.values()]
}
