import { createContext, useContext } from 'react'
import type { GroupNode, Json, TreeNode } from './tree'

/** What every node of the tree needs of the editor around it. */
export interface Editing {
  root: GroupNode
  segmentId?: string
  /** The condition whose fields are open. */
  openId: string | undefined
  countOf: (id: string) => number | null | undefined
  /** The condition in words; undefined while it is not complete. */
  lineOf: (id: string) => string | undefined
  problemOf: (id: string) => 'incomplete' | 'too_heavy' | undefined
  titleOf: (node: TreeNode) => string
  change: (next: (root: GroupNode) => GroupNode, mark?: string) => void
  open: (id: string | undefined) => void
  add: (groupId: string, leaf: Json) => void
  addGroup: (groupId: string) => void
  announce: (text: string) => void
  focus: (id: string) => void
}

export const EditingContext = createContext<Editing | undefined>(undefined)

export function useEditing(): Editing {
  const editing = useContext(EditingContext)
  if (!editing) throw new Error('outside of an editor')
  return editing
}
