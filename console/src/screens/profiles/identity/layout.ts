import type { Evidence, Identifier, IdentityAnswer } from '@/api/generated'

export interface GraphNode {
  key: string
  kind: string
  value: string
  /** How far to the right: 0 who, 1 reached by, 2 devices, 3 somebody else. */
  level: number
  row: number
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
  /** Identifiers that are in the list below only. */
  hidden: number
}

const mostOfLevel = 7
const joining = new Set(['joined', 'same'])

export function keyOf(identifier: Identifier): string {
  return `${identifier.kind}:${identifier.value}`
}

export function isRefusal(evidence: Evidence): boolean {
  return !joining.has(evidence.outcome) && evidence.outcome !== 'overruled'
}

/**
 * Places identifiers one a row, further to the right the weaker their kind: so a line that leaves
 * downwards and turns right at its end's row crosses nothing. Last come those not joined.
 */
export function layOut({ identifiers, evidence }: IdentityAnswer): Graph {
  const levels: Identifier[][] = [[], [], [], []]
  for (const { identifier } of identifiers) levels[levelOf(identifier.kind)]?.push(identifier)
  const own = new Set(identifiers.map((known) => keyOf(known.identifier)))
  const others = evidence.filter(isRefusal).flatMap((one) => [one.left, one.right])
  const strange = new Map(others.map((end) => [keyOf(end), end]))
  levels[3] = [...strange].filter(([key]) => !own.has(key)).map(([, end]) => end)
  const nodes = levels
    .flatMap((held, level) => held.slice(0, mostOfLevel).map((one) => ({ ...one, level })))
    .map((one, row) => ({ ...one, row, key: keyOf(one) }))
  const hidden = levels.reduce((sum, held) => sum + Math.max(held.length - mostOfLevel, 0), 0)
  return { nodes, hidden, edges: toEdges(evidence, new Map(nodes.map((one) => [one.key, one]))) }
}

function levelOf(kind: string): number {
  if (kind === 'anonymous_id') return 2
  return kind === 'email' || kind === 'phone' ? 1 : 0
}

/** One line between two identifiers: what joins them goes before what was refused. */
function toEdges(evidence: Evidence[], nodes: Map<string, GraphNode>): GraphEdge[] {
  const edges = new Map<string, GraphEdge>()
  for (const one of evidence) {
    const ends = [nodes.get(keyOf(one.left)), nodes.get(keyOf(one.right))]
    const [from, to] = ends.sort((a, b) => (a?.row ?? 0) - (b?.row ?? 0))
    const isJoining = joining.has(one.outcome)
    if (!from || !to || (!isJoining && !isRefusal(one))) continue
    const key = `${from.key} ${to.key}`
    if (isJoining || !edges.has(key)) {
      edges.set(key, { key, from, to, outcome: one.outcome, isJoining })
    }
  }
  return [...edges.values()]
}
