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
        from={line.edge.from}
        way={line.edge.way}
        x={line.x}
        y={line.y}
        labelX={line.label?.x}
        labelY={line.label?.y}
        name={words.wayName(line.edge)}
        step={words.stepName(line.edge.from)}
        count={said?.text}
        share={line.label ? said?.share : undefined}
        goal={said?.goal}
        onAdd={isOpenEnd ? undefined : onAdd}
      />
    )
  })
})

/** Told by values alone: a way that stays where and what it was is not drawn again. */
interface OneProps extends Edge, Pick<Line, 'x' | 'y'> {
  labelX: number | undefined
  labelY: number | undefined
  name: string | undefined
  step: string
  count: string | undefined
  share: string | undefined
  goal: string | undefined
  onAdd: ((edge: Edge) => void) | undefined
}

const Sign = memo(function Sign(props: OneProps) {
  const { from, way, x, y, labelX, labelY, name, step, count, share, goal, onAdd } = props
  const t = useText()
  const hasLabel = labelX !== undefined
  const what = name ? t('add_on', { way: name, step }) : t('add_after', { step })
  return (
    <>
      {hasLabel && (
        <span
          className={styles.way}
          style={{ transform: `translate(${labelX}px, ${labelY}px) translate(-50%, -50%)` }}
        >
          {name}
          {share && <b>{share}</b>}
          {share && goal && <i>{goal}</i>}
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
          onClick={() => onAdd({ from, way })}
        >
          <IconPlus aria-hidden size={14} stroke={2.25} />
        </button>
      )}
      {count && !hasLabel && (
        <span
          className={styles.count}
          style={{ transform: `translate(${x + 20}px, ${y}px) translate(0, -50%)` }}
        >
          {count}
          {goal && ` · ${goal}`}
        </span>
      )}
    </>
  )
})
