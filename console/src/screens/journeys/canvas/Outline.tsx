import { ActionIcon } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { Row } from '../layout/place'
import { edgeKey } from '../layout/tree'
import { useBoard } from '../state/board'
import { wayBehind } from '../state/useBoardActs'
import { useText } from '../texts'
import { Card } from './Card'
import styles from './Outline.module.css'
import { useItemWords } from './useItemWords'
import { useKeys } from './useKeys'

/** The journey as a list, read from top to bottom: every way named before what is on it. */
export function Outline() {
  const t = useText()
  const onKeyDown = useKeys(true)
  const { layout } = useBoard()
  return (
    <div
      role="tree"
      aria-label={t('canvas')}
      aria-multiselectable
      aria-describedby="journey-keys"
      className={styles.outline}
      onKeyDown={onKeyDown}
    >
      {layout.rows.map((row) =>
        row.item ? (
          <ItemRow key={`item ${row.item.id}`} row={row} item={row.item} />
        ) : (
          <WayRow key={`way ${row.edge ? edgeKey(row.edge) : ''}`} row={row} />
        ),
      )}
    </div>
  )
}

function ItemRow({ row, item }: { row: Row; item: NonNullable<Row['item']> }) {
  const t = useText()
  const board = useBoard()
  const words = useItemWords()
  const { journey, layout, focus, chosen, mayChange } = board
  const behind = wayBehind(journey, layout, item.id)
  const ask = () => behind && board.ask(behind)
  const isEnd = item.kind === 'end'
  const shown = isEnd && t(mayChange ? 'add' : 'ends')
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard by the tree around it
    <div
      role="treeitem"
      className={styles.row}
      data-kind={item.kind}
      data-item={item.id}
      data-level={Math.min(row.level, 8)}
      // What is seen comes first, for who speaks to the browser.
      aria-label={[shown, words.item(item)].filter(Boolean).join(' · ')}
      aria-level={row.level}
      aria-selected={chosen.has(item.id)}
      tabIndex={item.id === focus ? 0 : -1}
      onClick={(event) => {
        board.go(item.id, event.shiftKey || event.ctrlKey || event.metaKey)
        if (!isEnd) board.open(item.id)
        else if (mayChange) ask()
      }}
    >
      {isEnd ? (
        <span aria-hidden className={styles.end}>
          {mayChange && <IconPlus aria-hidden size={16} />} {shown}
        </span>
      ) : (
        <>
          <div aria-hidden className={styles.card}>
            <Card {...words.card(item)} />
          </div>
          {mayChange && item.out.length === 1 && (
            <ActionIcon
              variant="subtle"
              size="lg"
              tabIndex={-1}
              aria-label={t('add_after', { step: words.card(item).name })}
              onClick={(event) => {
                event.stopPropagation()
                ask()
              }}
            >
              <IconPlus aria-hidden size={18} />
            </ActionIcon>
          )}
        </>
      )}
    </div>
  )
}

/** The name of a way, and where it goes on if nothing is on it alone. */
function WayRow({ row: { edge, level, to } }: { row: Row }) {
  const t = useText()
  const { layout } = useBoard()
  const words = useItemWords()
  if (!edge) return null
  const target = layout.items.find(({ item }) => item.id === to)?.item
  const isShared = target !== undefined && target.from.length > 1
  const said = words.wayFigures(edge)
  return (
    <div role="none" className={styles.way} data-level={Math.min(level, 8)}>
      <span>{words.wayName(edge)}</span>
      {said && <b>{[said.text, said.share, said.goal].filter(Boolean).join(' · ')}</b>}
      {isShared && <em>{t('goes_to', { step: words.stepName(to) })}</em>}
    </div>
  )
}
