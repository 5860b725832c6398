/** The edited tree, and every change of it: pure, so that undo is only remembering. */

export type Json = Record<string, unknown>
export type Joint = 'all' | 'any'

export interface GroupNode {
  id: string
  joint: Joint
  isNegated: boolean
  of: TreeNode[]
}

export interface LeafNode {
  id: string
  leaf: Json
  isNegated: boolean
}

export type TreeNode = GroupNode | LeafNode

export function isGroup(node: TreeNode): node is GroupNode {
  return 'of' in node
}

let lastId = 0
const newId = () => `n${++lastId}`

export function leafNode(leaf: Json, isNegated = false): LeafNode {
  return { id: newId(), leaf, isNegated }
}

export function groupNode(joint: Joint, of: TreeNode[], isNegated = false): GroupNode {
  return { id: newId(), joint, isNegated, of }
}

/** Reads a condition tree; the outermost node is always a group, so that there is room to add. */
export function readTree(value: unknown): GroupNode {
  const node = read(value, false)
  return isGroup(node) && !node.isNegated ? node : groupNode('all', [node])
}

function read(value: unknown, isNegated: boolean): TreeNode {
  const json = (value ?? {}) as Json
  if (json.type === 'not') return read(json.of, !isNegated)
  if (json.type === 'all' || json.type === 'any') {
    const of = Array.isArray(json.of) ? json.of.map((one) => read(one, false)) : []
    return groupNode(json.type, of, isNegated)
  }
  return leafNode(json, isNegated)
}

/** Writes the tree as `kikubari segments evaluate FILE` reads it. */
export function writeTree(node: TreeNode): Json {
  const inner: Json = isGroup(node)
    ? { type: node.joint, of: node.of.map(writeTree) }
    : { ...node.leaf }
  return node.isNegated ? { type: 'not', of: inner } : inner
}

/** Paths, as the server names nodes, to the nodes here; a negated node has two. */
export function pathsOf(root: GroupNode): Map<string, string> {
  const found = new Map<string, string>()
  const visit = (node: TreeNode, outer: string) => {
    found.set(outer, node.id)
    const path = node.isNegated ? `${outer}.of` : outer
    found.set(path, node.id)
    if (!isGroup(node)) return
    for (const [index, one] of node.of.entries()) visit(one, `${path}.of[${index}]`)
  }
  visit(root, '$')
  return found
}

/** The outermost path of each node: where its own count is. */
export function pathOf(root: GroupNode): Map<string, string> {
  const found = new Map<string, string>()
  for (const [path, id] of pathsOf(root)) if (!found.has(id)) found.set(id, path)
  return found
}

export function find(root: GroupNode, id: string): TreeNode | undefined {
  return list(root).find((node) => node.id === id)
}

/** Every node, outer before inner, in order. */
export function list(node: TreeNode): TreeNode[] {
  return isGroup(node) ? [node, ...node.of.flatMap(list)] : [node]
}

export function parentOf(root: GroupNode, id: string): GroupNode | undefined {
  return list(root)
    .filter(isGroup)
    .find((group) => group.of.some((one) => one.id === id))
}

type Change = (node: TreeNode) => TreeNode[]

/** The tree with one node changed into none, one or several. */
function change(root: GroupNode, id: string, act: Change): GroupNode {
  const inside = (group: GroupNode): GroupNode => ({
    ...group,
    of: group.of.flatMap((one) => {
      if (one.id === id) return act(one)
      return isGroup(one) ? [inside(one)] : [one]
    }),
  })
  if (root.id !== id) return inside(root)
  const [only] = act(root)
  return only && isGroup(only) ? only : root
}

export function update(root: GroupNode, id: string, part: Partial<GroupNode & LeafNode>) {
  return change(root, id, (node) => [{ ...node, ...part } as TreeNode])
}

export function remove(root: GroupNode, id: string): GroupNode {
  return change(root, id, () => [])
}

export function insert(root: GroupNode, groupId: string, node: TreeNode, index?: number) {
  return change(root, groupId, (group) => {
    if (!isGroup(group)) return [group]
    const of = [...group.of]
    of.splice(index ?? of.length, 0, node)
    return [{ ...group, of }]
  })
}

export function duplicate(root: GroupNode, id: string): GroupNode {
  return change(root, id, (node) => [node, fresh(node)])
}

function fresh(node: TreeNode): TreeNode {
  return isGroup(node)
    ? { ...node, id: newId(), of: node.of.map(fresh) }
    : { ...node, id: newId(), leaf: structuredClone(node.leaf) }
}

/** Puts a node into a group of its own, in which another may stand beside it. */
export function wrap(root: GroupNode, id: string): GroupNode {
  const outer = parentOf(root, id)?.joint ?? 'all'
  return change(root, id, (node) => [groupNode(outer === 'all' ? 'any' : 'all', [node])])
}

/** Puts what is in a group in the group's place. */
export function unwrap(root: GroupNode, id: string): GroupNode {
  return change(root, id, (node) => (isGroup(node) && root.id !== id ? node.of : [node]))
}

/** Moves a node up or down among its neighbours; past the end, out of its group. */
export function shift(root: GroupNode, id: string, by: -1 | 1): GroupNode {
  const group = parentOf(root, id)
  if (!group) return root
  const index = group.of.findIndex((one) => one.id === id)
  const to = index + by
  if (to < 0 || to >= group.of.length) return moveOut(root, id, by)
  const of = [...group.of]
  const [moved] = of.splice(index, 1)
  if (moved) of.splice(to, 0, moved)
  return update(root, group.id, { of })
}

/** Moves a node out of its group, before or behind it. */
export function moveOut(root: GroupNode, id: string, by: -1 | 1 = 1): GroupNode {
  const group = parentOf(root, id)
  const outer = group && parentOf(root, group.id)
  if (!group || !outer) return root
  const index = outer.of.findIndex((one) => one.id === group.id) + (by > 0 ? 1 : 0)
  return move(root, id, outer.id, index)
}

/** Moves a node into the group beside it, or into a new group with the neighbour above. */
export function moveIn(root: GroupNode, id: string): GroupNode {
  const group = parentOf(root, id)
  const index = group?.of.findIndex((one) => one.id === id) ?? -1
  const above = group?.of[index - 1]
  if (!group || !above) return root
  if (isGroup(above)) return move(root, id, above.id, above.of.length)
  const wrapped = wrap(root, above.id)
  const made = parentOf(wrapped, above.id)
  return made ? move(wrapped, id, made.id, 1) : root
}

/** Moves a node to a place in a group; never into itself. */
export function move(root: GroupNode, id: string, groupId: string, index: number): GroupNode {
  const node = find(root, id)
  if (!node || list(node).some((one) => one.id === groupId)) return root
  const from = parentOf(root, id)
  const before = from?.id === groupId ? from.of.findIndex((one) => one.id === id) : -1
  const target = before >= 0 && before < index ? index - 1 : index
  return prune(insert(remove(root, id), groupId, node, target), from?.id)
}

/** Drops a group that a move has emptied. */
function prune(root: GroupNode, id: string | undefined): GroupNode {
  const group = id === undefined ? undefined : find(root, id)
  return group && isGroup(group) && group.of.length === 0 && id !== root.id
    ? remove(root, group.id)
    : root
}
