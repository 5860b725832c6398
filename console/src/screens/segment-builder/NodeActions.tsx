import { IconDots } from '@tabler/icons-react'
import { Menu } from '@/design'
import { useActions } from './actions'
import { useEditing } from './editing'
import { useText } from './texts'
import type { TreeNode } from './tree'

const signs: Record<string, string> = {
  'Alt+ArrowUp': 'Alt ↑',
  'Alt+ArrowDown': 'Alt ↓',
  'Alt+ArrowRight': 'Alt →',
  'Alt+ArrowLeft': 'Alt ←',
  Delete: 'Del',
}

export function NodeActions({ node }: { node: TreeNode }) {
  const t = useText()
  const actions = useActions(node)
  const { titleOf } = useEditing()
  if (actions.length === 0) return null
  return (
    <Menu
      variant="subtle"
      color="gray"
      label={t('actions', { what: titleOf(node) })}
      entries={actions.map(({ name, keys, act }) => ({
        key: name,
        label: t(name),
        keys: keys && (signs[keys] ?? keys.toUpperCase()),
        isGrave: name === 'remove',
        act,
      }))}
    >
      <IconDots aria-hidden size={18} />
    </Menu>
  )
}
