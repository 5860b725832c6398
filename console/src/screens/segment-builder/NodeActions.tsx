import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
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
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('actions', { what: titleOf(node) })}
        >
          <IconDots aria-hidden size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ name, keys, act }) => (
          <Menu.Item
            key={name}
            color={name === 'remove' ? 'shu' : undefined}
            rightSection={keys && <kbd>{signs[keys] ?? keys.toUpperCase()}</kbd>}
            onClick={act}
          >
            {t(name)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
