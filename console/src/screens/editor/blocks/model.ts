import type { Column, Columns, Document, EmailVariant } from '@/api/generated'
import { type Language, languages } from '@/language/i18n'

export type AnyBlock = Document['blocks'][number]
export type Leaf = NonNullable<Column['blocks']>[number]
export type Kind = AnyBlock['kind']
export type Of<K extends Kind> = Extract<AnyBlock, { kind: K }>

/** A list of blocks: the message itself (empty), or a column, as `row/column`. */
export type ListId = string
export interface Place {
  list: ListId
  index: number
}

const leaves: Kind[] = [
  'heading',
  'text',
  'image',
  'button',
  'divider',
  'spacer',
  'countdown',
  'coupon',
]

/** Whether a block may stand in a column. */
export const isLeaf = (block: AnyBlock): block is Leaf => leaves.includes(block.kind)
export const isLeafKind = (kind: Kind) => leaves.includes(kind)
export const isRow = (block: AnyBlock): block is Columns => block.kind === 'columns'

export const newId = () => `b${crypto.randomUUID().slice(0, 8)}`
export const columnList = (row: Columns, column: Column): ListId => `${row.id}/${column.id}`

/** The blocks of a list; none where there is no such list. */
export function listOf(document: Document, list: ListId): AnyBlock[] {
  if (!list) return document.blocks
  const [rowId, columnId] = list.split('/')
  const row = document.blocks.find((one) => one.id === rowId)
  const column = row && isRow(row) ? row.columns.find((one) => one.id === columnId) : undefined
  return column?.blocks ?? []
}

function withList(document: Document, list: ListId, blocks: AnyBlock[]): Document {
  if (!list) return { ...document, blocks }
  const [rowId, columnId] = list.split('/')
  const columnsOf = (row: Columns) =>
    row.columns.map((one) => (one.id === columnId ? { ...one, blocks: blocks as Leaf[] } : one))
  return {
    ...document,
    blocks: document.blocks.map((one) =>
      one.id === rowId && isRow(one) ? { ...one, columns: columnsOf(one) } : one,
    ),
  }
}

/** All lists in the order they are read: before a row what is above it, then its columns. */
export function listIds(document: Document): ListId[] {
  const rows = document.blocks.filter(isRow)
  return ['', ...rows.flatMap((row) => row.columns.map((one) => columnList(row, one)))]
}

export function placeOf(document: Document, id: string): Place | undefined {
  for (const list of listIds(document)) {
    const index = listOf(document, list).findIndex((one) => one.id === id)
    if (index >= 0) return { list, index }
  }
  return undefined
}

export function findBlock(document: Document, id: string): AnyBlock | undefined {
  const place = placeOf(document, id)
  return place && listOf(document, place.list)[place.index]
}

export function walk(document: Document): AnyBlock[] {
  return document.blocks.flatMap((one): AnyBlock[] =>
    isRow(one) ? [one, ...one.columns.flatMap((column) => column.blocks ?? [])] : [one],
  )
}

/** Whether a block may stand in a list: columns hold no columns, and no list of products. */
export const fits = (list: ListId, kind: Kind) => !list || isLeafKind(kind)

export function insert(document: Document, { list, index }: Place, added: AnyBlock[]): Document {
  const blocks = [...listOf(document, list)]
  blocks.splice(index, 0, ...added)
  return withList(document, list, blocks)
}

export function remove(document: Document, ids: string[]): Document {
  let left = document
  for (const list of listIds(document)) {
    const blocks = listOf(left, list)
    const kept = blocks.filter((one) => !ids.includes(one.id))
    if (kept.length < blocks.length) left = withList(left, list, kept)
  }
  return left
}

export function replace(document: Document, block: AnyBlock): Document {
  const place = placeOf(document, block.id)
  if (!place) return document
  const blocks = [...listOf(document, place.list)]
  blocks[place.index] = block
  return withList(document, place.list, blocks)
}

/** Moves a block to a place that is counted as if it were still where it was. */
export function move(document: Document, id: string, to: Place): Document {
  const from = placeOf(document, id)
  const block = findBlock(document, id)
  if (!from || !block || !fits(to.list, block.kind)) return document
  if (to.list.startsWith(`${id}/`)) return document
  const isLater = from.list === to.list && from.index < to.index
  const index = isLater ? to.index - 1 : to.index
  return insert(remove(document, [id]), { list: to.list, index }, [block])
}

/** The place one step up or down, through columns where the block may stand in them. */
export function stepFrom(document: Document, id: string, by: 1 | -1): Place | undefined {
  const from = placeOf(document, id)
  const block = findBlock(document, id)
  if (!from || !block) return undefined
  const next = listOf(document, from.list)[from.index + by]
  if (next && isRow(next) && isLeaf(block)) {
    const column = by > 0 ? next.columns[0] : next.columns.at(-1)
    if (!column) return undefined
    return {
      list: columnList(next, column),
      index: by > 0 ? 0 : (column.blocks?.length ?? 0),
    }
  }
  if (next) return { list: from.list, index: from.index + (by > 0 ? 2 : -1) }
  return from.list ? stepOutOf(document, from.list, by) : undefined
}

function stepOutOf(document: Document, list: ListId, by: 1 | -1): Place | undefined {
  const [rowId = '', columnId] = list.split('/')
  const row = findBlock(document, rowId)
  const place = placeOf(document, rowId)
  if (!row || !isRow(row) || !place) return undefined
  const beside = row.columns[row.columns.findIndex((one) => one.id === columnId) + by]
  if (!beside) return { list: '', index: by > 0 ? place.index + 1 : place.index }
  return { list: columnList(row, beside), index: by > 0 ? 0 : (beside.blocks?.length ?? 0) }
}

/** The same blocks under ids of their own. */
export function withNewIds<B extends AnyBlock>(block: B): B {
  if (!isRow(block)) return { ...block, id: newId() }
  const columns = block.columns.map((one) => ({
    ...one,
    id: newId(),
    blocks: one.blocks?.map(withNewIds),
  }))
  return { ...block, id: newId(), columns }
}

/** The languages a message is written in, as far as the console speaks them. */
export function writtenIn(variants: Record<string, EmailVariant>): Language[] {
  return languages.filter((one) => variants[one])
}

/** What a block says, for whoever judges words. */
export function wordsOf(block: AnyBlock): string {
  switch (block.kind) {
    case 'heading':
      return block.text
    case 'text':
      return block.paragraphs
        .map(({ spans = [] }) => spans.map((one) => one.text).join(''))
        .join('\n')
    case 'button':
      return block.label
    case 'image':
      return block.alt ?? ''
    case 'countdown':
      return [block.text, block.ended].filter(Boolean).join('\n')
    case 'coupon':
      return [block.title, block.terms].filter(Boolean).join('\n')
    case 'products':
      return block.title ?? ''
    case 'footer':
      return (block.lines ?? []).join('\n')
    default:
      return ''
  }
}
