import { type DragEvent, Fragment, type KeyboardEvent, useState } from 'react'
import { isComposing } from '@/design'
import { useFormat } from '@/language/format'
import { AddCondition } from './AddCondition'
import { keyOf, useActions } from './actions'
import { useEditing } from './editing'
import { LeafEditor } from './LeafEditor'
import { NodeActions } from './NodeActions'
import styles from './NodeView.module.css'
import { useText } from './texts'
import * as tree from './tree'

const dragged = 'application/x-kikubari-node'

/** How many people a node holds by itself. */
function Count({ id }: { id: string }) {
  const format = useFormat()
  const t = useText()
  const { countOf, problemOf } = useEditing()
  const problem = problemOf(id)
  const count = countOf(id)
  if (problem) return <span className={styles.problem}>{t(problem)}</span>
  return (
    <span className={styles.count}>{typeof count === 'number' ? format.number(count) : '…'}</span>
  )
}

/** What a node can be dragged by and where others can be dropped. */
function useDragging(node: tree.TreeNode) {
  const { change } = useEditing()
  const [edge, setEdge] = useState<'before' | 'after'>()
  const place = (event: DragEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    return event.clientY < box.top + box.height / 2 ? 'before' : 'after'
  }
  return {
    edge,
    handle: {
      draggable: true,
      onDragStart: (event: DragEvent) => {
        event.dataTransfer.setData(dragged, node.id)
        event.dataTransfer.effectAllowed = 'move'
      },
    },
    target: {
      onDragOver: (event: DragEvent<HTMLElement>) => {
        if (!event.dataTransfer.types.includes(dragged)) return
        event.preventDefault()
        event.stopPropagation()
        setEdge(place(event))
      },
      onDragLeave: () => setEdge(undefined),
      onDrop: (event: DragEvent<HTMLElement>) => {
        event.preventDefault()
        event.stopPropagation()
        setEdge(undefined)
        const id = event.dataTransfer.getData(dragged)
        const side = place(event)
        change((root) => {
          const group = tree.parentOf(root, node.id)
          const index = group?.of.findIndex((one) => one.id === node.id) ?? 0
          return group ? tree.move(root, id, group.id, index + (side === 'after' ? 1 : 0)) : root
        })
      },
    },
  }
}

/** Keys on a node itself, not in its fields. */
function useKeys(node: tree.TreeNode) {
  const actions = useActions(node)
  const { root, focus, open, openId } = useEditing()
  return (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || isComposing(event)) return
    if (event.ctrlKey || event.metaKey) return
    const action = actions.find((one) => one.keys === keyOf(event))
    const nodes = tree.list(root)
    const index = nodes.findIndex((one) => one.id === node.id)
    const step = event.altKey ? 0 : event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (action) action.act()
    else if (step) focus(nodes[index + step]?.id ?? node.id)
    else if (event.key === 'Enter' && !tree.isGroup(node)) {
      open(openId === node.id ? undefined : node.id)
    } else return
    event.preventDefault()
  }
}

export function NodeView({ node }: { node: tree.TreeNode }) {
  return tree.isGroup(node) ? <GroupView group={node} /> : <LeafView node={node} />
}

function LeafView({ node }: { node: tree.LeafNode }) {
  const t = useText()
  const { openId, open, change, lineOf, titleOf, segmentId, focus } = useEditing()
  const { edge, handle, target } = useDragging(node)
  const onKeyDown = useKeys(node)
  const isOpen = openId === node.id
  return (
    <div className={styles.leaf} data-open={isOpen || undefined} data-edge={edge} {...target}>
      <div className={styles.row}>
        <span className={styles.handle} title={t('drag')} aria-hidden {...handle}>
          ⠿
        </span>
        <button
          type="button"
          className={styles.sentence}
          data-node={node.id}
          aria-expanded={isOpen}
          onClick={() => open(isOpen ? undefined : node.id)}
          onKeyDown={onKeyDown}
        >
          {node.isNegated && !lineOf(node.id) && <span className={styles.not}>{t('not')}</span>}
          <span>{lineOf(node.id) ?? titleOf(node)}</span>
        </button>
        <Count id={node.id} />
        <NodeActions node={node} />
      </div>
      {isOpen && (
        // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from any field within
        <div
          className={styles.editor}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && !event.defaultPrevented) {
              open(undefined)
              focus(node.id)
            }
          }}
        >
          <LeafEditor
            leaf={node.leaf}
            segmentId={segmentId}
            onChange={(leaf, mark) =>
              change((root) => tree.update(root, node.id, { leaf }), mark && `${node.id} ${mark}`)
            }
          />
          <button
            type="button"
            className={styles.done}
            onClick={() => {
              open(undefined)
              focus(node.id)
            }}
          >
            {t('close')}
          </button>
        </div>
      )}
    </div>
  )
}

export function GroupView({ group }: { group: tree.GroupNode }) {
  const t = useText()
  const { root, change, add, addGroup } = useEditing()
  const { edge, handle, target } = useDragging(group)
  const onKeyDown = useKeys(group)
  const isRoot = group.id === root.id
  return (
    <section
      className={styles.group}
      data-root={isRoot || undefined}
      data-edge={edge}
      data-joint={group.joint}
      aria-label={t('group_name', { joint: t(`joint_${group.joint}`) })}
      {...(isRoot ? {} : target)}
    >
      <div className={styles.head}>
        {!isRoot && (
          <span className={styles.handle} title={t('drag')} aria-hidden {...handle}>
            ⠿
          </span>
        )}
        {group.isNegated && <span className={styles.not}>{t('not')}</span>}
        <button
          type="button"
          className={styles.joint}
          data-node={group.id}
          aria-label={`${t('joint_label')}: ${t(`joint_${group.joint}`)}`}
          onKeyDown={onKeyDown}
          onClick={() => {
            const joint = group.joint === 'all' ? 'any' : 'all'
            change((now) => tree.update(now, group.id, { joint }))
          }}
        >
          {t(`joint_${group.joint}`)}
        </button>
        {!isRoot && <Count id={group.id} />}
        <NodeActions node={group} />
      </div>
      <ol className={styles.list}>
        {group.of.map((node, index) => (
          <Fragment key={node.id}>
            {index > 0 && (
              <li aria-hidden className={styles.between}>
                {t(group.joint === 'all' ? 'and' : 'or')}
              </li>
            )}
            <li>
              <NodeView node={node} />
            </li>
          </Fragment>
        ))}
      </ol>
      {group.of.length === 0 && (
        <p className={styles.empty}>{t(isRoot ? 'empty' : 'empty_group')}</p>
      )}
      <div className={styles.adding}>
        <AddCondition
          isFirst={isRoot && group.of.length === 0}
          onAdd={(leaf) => add(group.id, leaf)}
        />
        {(group.of.length > 0 || isRoot) && (
          <button type="button" className={styles.quiet} onClick={() => addGroup(group.id)}>
            {t('add_group')}
          </button>
        )}
      </div>
    </section>
  )
}
