import { ActionIcon } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react'
import styles from './MoveButtons.module.css'
import type { Moves } from './moves'

interface Props {
  /** What each does to what: 'Move rule 2 up'. */
  labels: { up: string; down: string; remove: string }
  moves: Moves
}

/** What can be done with one thing of an ordered list, by keys as by mouse. */
export function MoveButtons({ labels, moves }: Props) {
  const acts = [
    { label: labels.up, icon: IconArrowUp, act: moves.onUp },
    { label: labels.down, icon: IconArrowDown, act: moves.onDown },
    { label: labels.remove, icon: IconTrash, act: moves.onRemove },
  ]
  return (
    <span className={styles.moves}>
      {acts.map(({ label, icon: Icon, act }) => (
        <ActionIcon key={label} variant="subtle" aria-label={label} disabled={!act} onClick={act}>
          <Icon aria-hidden size={18} />
        </ActionIcon>
      ))}
    </span>
  )
}
