import { useElementSize } from '@mantine/hooks'
import type { IdentityAnswer } from '@/api/generated'
import styles from './identity.module.css'
import { type GraphNode, layOut } from './layout'
import { useText } from './texts'

const rowHeight = 46
const boxHeight = 34
const top = 28
const characterWidth = 7.2
const columnNames = ['people_column', 'contact_column', 'devices_column', 'others_column'] as const

/** Identifiers in columns, evidence as lines between them; the list below says the same in words. */
export function IdentityGraph({ identity }: { identity: IdentityAnswer }) {
  const t = useText()
  const { ref, width } = useElementSize()
  const graph = layOut(identity)
  const used = [0, 1, 2, 3].filter((column) => graph.nodes.some((one) => one.column === column))
  const step = width / Math.max(used.length, 1)
  const boxWidth = step * 0.78
  const left = (column: number) => used.indexOf(column) * step
  const middle = (node: GraphNode) => top + node.row * rowHeight + boxHeight / 2
  const height = top + graph.rows * rowHeight
  const most = Math.max(Math.floor((boxWidth - 16) / characterWidth), 4)
  return (
    <div ref={ref} className={styles.graph}>
      <svg width={width} height={height} role="img" aria-label={t('graph')}>
        {used.map((column) => (
          <text key={column} className={styles.column} x={left(column)} y={12}>
            {short(t(columnNames[column] ?? 'people_column'), most + 2)}
          </text>
        ))}
        {graph.edges.map((edge) => {
          const [from, to] =
            edge.from.column <= edge.to.column ? [edge.from, edge.to] : [edge.to, edge.from]
          const isBeside = from.column === to.column
          const x1 = left(from.column) + boxWidth
          const x2 = isBeside ? x1 : left(to.column)
          const bend = isBeside ? 24 : (x2 - x1) / 2
          const [y1, y2] = [middle(from), middle(to)]
          return (
            <path
              key={edge.key}
              className={styles.edge}
              data-joining={edge.isJoining}
              d={`M${x1},${y1} C${x1 + bend},${y1} ${isBeside ? x2 + bend : x2 - bend},${y2} ${x2},${y2}`}
            >
              <title>{t(`outcome_${edge.outcome}` as 'outcome_joined')}</title>
            </path>
          )
        })}
        {graph.nodes.map((node) => (
          <g key={node.key} className={styles.node} data-other={node.column === 3}>
            <rect
              x={left(node.column)}
              y={top + node.row * rowHeight}
              width={boxWidth}
              height={boxHeight}
              rx={6}
            />
            <text x={left(node.column) + 8} y={middle(node) + 4.5}>
              {short(node.value, most)}
            </text>
            <title>{`${node.kind} ${node.value}`}</title>
          </g>
        ))}
        {graph.hidden.map((count, column) =>
          count ? (
            <text
              key={columnNames[column]}
              className={styles.column}
              x={left(column)}
              y={height - 18}
            >
              {t('more', { n: count })}
            </text>
          ) : null,
        )}
      </svg>
    </div>
  )
}

function short(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
