import { useEditing } from './editing'
import { type Key, useText } from './texts'
import * as tree from './tree'

export interface Action {
  name: Key
  /** As `KeyboardEvent` says it, with the modifiers before. */
  keys?: string
  act: () => void
}

/** Everything that can be done to a node, by menu and by key. */
export function useActions(node: tree.TreeNode): Action[] {
  const t = useText()
  const { root, change, announce, titleOf, focus } = useEditing()
  if (node.id === root.id) return []
  const what = titleOf(node)
  const moving = (next: (root: tree.GroupNode) => tree.GroupNode) => () => {
    change(next)
    announce(t('moved', { what }))
    focus(node.id)
  }
  return [
    { name: 'up', keys: 'Alt+ArrowUp', act: moving((now) => tree.shift(now, node.id, -1)) },
    { name: 'down', keys: 'Alt+ArrowDown', act: moving((now) => tree.shift(now, node.id, 1)) },
    { name: 'into', keys: 'Alt+ArrowRight', act: moving((now) => tree.moveIn(now, node.id)) },
    { name: 'out', keys: 'Alt+ArrowLeft', act: moving((now) => tree.moveOut(now, node.id)) },
    {
      name: node.isNegated ? 'affirm' : 'negate',
      keys: 'n',
      act: () => change((now) => tree.update(now, node.id, { isNegated: !node.isNegated })),
    },
    {
      name: 'group',
      keys: 'g',
      act: () => {
        change((now) => tree.wrap(now, node.id))
        announce(t('grouped', { what }))
        focus(node.id)
      },
    },
    ...(tree.isGroup(node)
      ? [{ name: 'ungroup' as const, act: () => change((now) => tree.unwrap(now, node.id)) }]
      : []),
    { name: 'duplicate', keys: 'd', act: () => change((now) => tree.duplicate(now, node.id)) },
    {
      name: 'remove',
      keys: 'Delete',
      act: () => {
        const all = tree.list(root)
        const index = all.findIndex((one) => one.id === node.id)
        change((now) => tree.remove(now, node.id))
        announce(t('removed', { what }))
        focus(all[index - 1]?.id ?? root.id)
      },
    },
  ]
}

/** Writes an event's key as actions name it. */
export function keyOf(event: { key: string; altKey: boolean }): string {
  return `${event.altKey ? 'Alt+' : ''}${event.key === 'Backspace' ? 'Delete' : event.key}`
}
