import { ActionIcon, Group } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react'
import { Section } from '@/design'
import styles from './Builder.module.css'
import { GroupView } from './NodeView'
import { useText } from './texts'
import type { GroupNode } from './tree'

const keys = [
  'move',
  'open',
  'close',
  'shift',
  'nest',
  'not',
  'group',
  'double',
  'remove',
  'undo',
] as const

interface Props {
  history: { undo: () => void; redo: () => void; canUndo: boolean; canRedo: boolean }
  root: GroupNode
  /** What has just been done, for screen readers. */
  message: string
}

export function Conditions({ history, root, message }: Props) {
  const t = useText()
  return (
    <Section
      title={t('conditions')}
      aside={
        <Group gap={4}>
          <ActionIcon
            variant="subtle"
            aria-label={t('undo')}
            disabled={!history.canUndo}
            onClick={history.undo}
          >
            <IconArrowBackUp aria-hidden size={18} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            aria-label={t('redo')}
            disabled={!history.canRedo}
            onClick={history.redo}
          >
            <IconArrowForwardUp aria-hidden size={18} />
          </ActionIcon>
        </Group>
      }
    >
      <GroupView group={root} />
      <KeyboardHelp />
      <p className={styles.hidden} role="status" aria-live="polite">
        {message}
      </p>
    </Section>
  )
}

/** Every key that does something here, one click away. */
function KeyboardHelp() {
  const t = useText()
  return (
    <details className={styles.hint}>
      <summary>{t('keyboard')}</summary>
      <dl>
        {keys.map((key) => (
          <div key={key}>
            <dt>
              <kbd>{t(`keys_${key}`)}</kbd>
            </dt>
            <dd>{t(`keys_${key}_does`)}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
