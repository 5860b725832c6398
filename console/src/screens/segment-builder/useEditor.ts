import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useLanguage } from '@/language/texts'
import type { Audience } from './audience'
import { choiceOf } from './choices'
import type { Editing } from './editing'
import { useText } from './texts'
import * as tree from './tree'

interface Options<S> {
  history: {
    present: S
    change: (next: (present: S) => S, mark?: string) => void
    undo: () => void
    redo: () => void
  }
  audience: Audience
  segmentId?: string
}

/** Joins the tree with its counts and words, and keeps what is open and focused. */
export function useEditor<S extends { root: tree.GroupNode }>(options: Options<S>) {
  const { history, audience, segmentId } = options
  const t = useText()
  const language = useLanguage()
  const [openId, setOpenId] = useState<string>()
  const [message, setMessage] = useState('')
  const wanted = useRef<string | undefined>(undefined)
  const { root } = history.present

  useEffect(() => {
    if (wanted.current === undefined) return
    document.querySelector<HTMLElement>(`[data-node="${wanted.current}"]`)?.focus()
    wanted.current = undefined
  })
  const focus = (id: string) => {
    wanted.current = id
    // What is there already gets the focus at once; what is still to come, once it is drawn.
    document.querySelector<HTMLElement>(`[data-node="${id}"]`)?.focus()
  }

  const { counts, words } = audience
  const paths = useMemo(() => tree.pathOf(root), [root])
  const inner = useMemo(() => {
    const found = new Map<string, string>()
    for (const [path, id] of tree.pathsOf(root)) found.set(id, path)
    return found
  }, [root])
  const nodes = new Map(counts.data?.nodes.map((one) => [one.path, one.count]))
  const problems = new Map(counts.data?.problems.map((one) => [one.path, one.code]))
  const isCounted = !counts.isPlaceholderData
  const lines = new Map(words.data?.lines.map((one) => [one.path, one[language]]))
  const lineOf = (id: string) =>
    words.isPlaceholderData ? undefined : lines.get(paths.get(id) ?? '')
  const seen = useRef(new Map<string, string>())
  for (const node of tree.list(root)) {
    const line = lineOf(node.id)
    if (line) seen.current.set(node.id, line)
  }
  const titleOf = (node: tree.TreeNode): string =>
    tree.isGroup(node)
      ? t('group_name', { joint: t(`joint_${node.joint}`) })
      : (seen.current.get(node.id) ?? t(choiceOf(node.leaf)?.key ?? 'incomplete'))

  const change: Editing['change'] = (next, mark) =>
    history.change((now) => ({ ...now, root: next(now.root) }), mark)
  const editing: Editing = {
    root,
    segmentId,
    openId,
    countOf: (id) => nodes.get(paths.get(id) ?? ''),
    lineOf: (id) => lineOf(id) ?? seen.current.get(id),
    problemOf: (id) => (isCounted ? problems.get(inner.get(id) ?? '') : undefined),
    titleOf,
    change,
    open: setOpenId,
    add: (groupId, leaf) => {
      const node = tree.leafNode(leaf)
      change((now) => tree.insert(now, groupId, node))
      setOpenId(node.id)
      focus(node.id)
    },
    addGroup: (groupId) => {
      const outer = tree.find(root, groupId)
      const joint = outer && tree.isGroup(outer) && outer.joint === 'all' ? 'any' : 'all'
      const node = tree.groupNode(joint, [])
      change((now) => tree.insert(now, groupId, node))
      focus(node.id)
    },
    announce: setMessage,
    focus,
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return
    // Fields undo what is typed into them by going back here too: one history for everything.
    event.preventDefault()
    if (event.shiftKey) history.redo()
    else history.undo()
    setMessage(t('undone'))
  }
  return {
    editing,
    message,
    onKeyDown,
    describe: (id: string) => {
      const node = tree.find(root, id)
      if (!node) return undefined
      return tree.isGroup(node) && node.isNegated ? `${t('not')}: ${titleOf(node)}` : titleOf(node)
    },
    show: (id: string | undefined) => {
      if (id === undefined) return
      setOpenId(id)
      focus(id)
    },
  }
}
