import { IconPlus } from '@tabler/icons-react'
import { memo } from 'react'
import type { Layout, Line } from '../layout/place'
import type { Edge } from '../model/ways'
import { useText } from '../texts'
import styles from './Canvas.module.css'
import type { ItemWords } from './useItemWords'

interface Props {
  layout: Layout
  words: ItemWords
}

const thinnest = 1.5
const widest = 9

/** The ways between the steps: as wide as the part of people who went them. */
export const Lines = memo(function Lines({ layout, words }: Props) {
  return (
    <svg
      aria-hidden
      className={styles.lines}
      width={layout.width}
      height={layout.height}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
    >
      {layout.lines.map(({ key, path, edge }) => {
        const weight = words.wayFigures(edge)?.weight ?? 0
        return <Way key={key} path={path} width={thinnest + (widest - thinnest) * weight} />
      })}
    </svg>
  )
})

const Way = memo(function Way({ path, width }: { path: string; width: number }) {
  return <path d={path} strokeWidth={width} />
})

interface SignProps extends Props {
  onAdd: ((edge: Edge) => void) | undefined
}

/** On each way its name, how many went it, and the place to add a step. */
export const Signs = memo(function Signs({ layout, words, onAdd }: SignProps) {
  return layout.lines.map((line) => {
    const said = words.wayFigures(line.edge)
    const isOpenEnd = line.to.startsWith('end:')
    return (
      <Sign
        key={line.key}
        line={line}
        name={words.wayName(line.edge)}
        from={words.stepName(line.edge.from)}
        count={said?.text}
        share={line.label ? said?.share : undefined}
        onAdd={isOpenEnd ? undefined : onAdd}
      />
    )
  })
})

interface OneProps {
  line: Line
  name: string | undefined
  from: string
  count: string | undefined
  share: string | undefined
  onAdd: ((edge: Edge) => void) | undefined
}

const Sign = memo(function Sign({ line, name, from, count, share, onAdd }: OneProps) {
  const t = useText()
  const { x, y, label, edge } = line
  const what = name ? t('add_on', { way: name, step: from }) : t('add_after', { step: from })
  return (
    <>
      {label && (
        <span
          className={styles.way}
          style={{ transform: `translate(${label.x}px, ${label.y}px) translate(-50%, -50%)` }}
        >
          {name}
          {share && <b>{share}</b>}
        </span>
      )}
      {onAdd && (
        <button
          type="button"
          tabIndex={-1}
          className={styles.add}
          style={{ transform: `translate(${x}px, ${y}px) translate(-50%, -50%)` }}
          aria-label={what}
          title={what}
          onClick={() => onAdd(edge)}
        >
          <IconPlus aria-hidden size={14} stroke={2.25} />
        </button>
      )}
      {count && !label && (
        <span
          className={styles.count}
          style={{ transform: `translate(${x + 20}px, ${y}px) translate(0, -50%)` }}
        >
          {count}
        </span>
      )}
    </>
  )
})
