import { useElementSize } from '@mantine/hooks'
import type { IdentityAnswer } from '@/api/generated'
import styles from './identity.module.css'
import { type GraphEdge, type GraphNode, layOut } from './layout'
import { useText } from './texts'
import { useKindName } from './words'

const rowHeight = 42
const boxHeight = 32
const widest = 340
const characterWidth = 7.6
const trunk = 14

/** Identifiers, and evidence as lines between them; the list below says the same in words. */
export function IdentityGraph({ identity }: { identity: IdentityAnswer }) {
  const t = useText()
  const { ref, width } = useElementSize()
  const { nodes, edges, hidden } = layOut(identity)
  const indent = Math.min(Math.max(width * 0.11, 26), 110)
  const height = (nodes.length + (hidden ? 1 : 0)) * rowHeight
  return (
    <div ref={ref} className={styles.graph}>
      <svg width={width} height={height} role="img" aria-label={t('graph')}>
        {edges.map((edge) => (
          <Line key={edge.key} edge={edge} indent={indent} />
        ))}
        {nodes.map((node) => (
          <Box key={node.key} node={node} x={node.level * indent} width={width} />
        ))}
        {hidden > 0 && (
          <text className={styles.more} x={2 * indent} y={height - 18}>
            {t('more', { n: hidden })}
          </text>
        )}
      </svg>
    </div>
  )
}

/** Down along the stronger end's trunk, then right to the weaker end. */
function Line({ edge, indent }: { edge: GraphEdge; indent: number }) {
  const t = useText()
  const { from, to, isJoining } = edge
  // What was refused has a trunk of its own beside the other.
  const x = from.level * indent + trunk + (isJoining ? 0 : 8)
  const y = to.row * rowHeight + boxHeight / 2
  const end = to.level * indent
  const corner = Math.min(8, Math.max(end - x, 0))
  return (
    <path
      className={styles.edge}
      data-joining={isJoining}
      d={`M${x},${from.row * rowHeight + boxHeight} V${y - corner} q0,${corner} ${corner},${corner} H${end}`}
    >
      <title>{t(`outcome_${edge.outcome}` as 'outcome_joined')}</title>
    </path>
  )
}

function Box({ node, x, width }: { node: GraphNode; x: number; width: number }) {
  const kind = useKindName()(node.kind)
  const boxWidth = Math.max(Math.min(widest, width - x - 1), 0)
  const y = node.row * rowHeight
  const kindWidth = [...kind].reduce((sum, one) => sum + (one > '\u2e80' ? 12 : 6.6), 0) + 10
  const most = Math.max(Math.floor((boxWidth - 20 - kindWidth) / characterWidth), 4)
  return (
    <g className={styles.node} data-other={node.level === 3}>
      <rect x={x} y={y + 0.5} width={boxWidth} height={boxHeight} rx={6} />
      <text className={styles.of} x={x + 10} y={y + 20.5}>
        {kind}
      </text>
      <text x={x + 10 + kindWidth} y={y + 20.5}>
        {short(node.value, most)}
      </text>
      <title>{`${kind} ${node.value}`}</title>
    </g>
  )
}

function short(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
