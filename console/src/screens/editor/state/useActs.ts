import { useState } from 'react'
import type { BroadcastDefinition, Document } from '@/api/generated'
import type { useHistory } from '@/design/writing/history'
import type { Language } from '@/language/i18n'
import { freshBlock } from '../blocks/fresh'
import {
  type AnyBlock,
  findBlock,
  fits,
  insert,
  listOf,
  move,
  type Place,
  placeOf,
  remove,
  replace,
  stepFrom,
  withNewIds,
} from '../blocks/model'
import { useText } from '../texts'
import { useBlockName } from '../useBlockName'
import type { Editor, Selection } from './editor'

type Acts = Omit<Editor, 'verdicts' | 'problems'>

/** What can be done with a message: each act is one step of the history, and is announced. */
export function useActs(
  history: ReturnType<typeof useHistory<BroadcastDefinition>>,
  first: Language,
  announce: (words: string) => void,
): Acts {
  const t = useText()
  const nameOf = useBlockName()
  const [selection, setSelection] = useState<Selection>({ language: first, ids: [] })
  const definition = history.present
  const documentOf = (language: Language) =>
    definition.template.variants[language]?.blocks ?? { blocks: [] }

  const changeVariant: Acts['changeVariant'] = (language, some, tag) =>
    history.change((now) => {
      const variant = { ...(now.template.variants[language] ?? { subject: '' }), ...some }
      const variants = { ...now.template.variants, [language]: variant }
      return { ...now, template: { ...now.template, variants } }
    }, tag)

  const changeDocument: Acts['changeDocument'] = (language, next, tag) => {
    const now = documentOf(language)
    const changed = next(now)
    if (changed !== now) changeVariant(language, { blocks: changed }, tag)
  }

  const select: Acts['select'] = (language, id, doesExtend = false) => {
    const ids = doesExtend ? between(documentOf(language), selection, language, id) : [id]
    setSelection({ language, ids })
  }

  const addBlocks: Acts['addBlocks'] = (language, blocks) => {
    const place = placeToAdd(documentOf(language), selection, language, blocks)
    changeDocument(language, (now) => insert(now, place, blocks))
    setSelection({ language, ids: blocks.map((one) => one.id) })
    announce(t('said_added', { what: blocks.map(nameOf).join('、') }))
  }

  const moveTo: Acts['moveTo'] = (language, id, place) => {
    const now = documentOf(language)
    const moved = move(now, id, place)
    const block = findBlock(now, id)
    if (moved === now || !block) return
    changeDocument(language, () => moved)
    setSelection({ language, ids: [id] })
    announce(saidMove(moved, block))
  }

  const saidMove = (moved: Document, block: AnyBlock) => {
    const place = placeOf(moved, block.id)
    const at = { what: nameOf(block), n: (place?.index ?? 0) + 1 }
    const of = listOf(moved, place?.list ?? '').length
    return t(place?.list ? 'said_moved_column' : 'said_moved', { ...at, of })
  }

  return {
    definition,
    selection,
    announce,
    select,
    selectList: (language, list) => setSelection({ language, ids: [], list }),
    clear: () => setSelection((now) => ({ language: now.language, ids: [] })),
    changeDefinition: history.change,
    changeVariant,
    changeDocument,
    changeBlock: (language, block, tag) =>
      changeDocument(language, (now) => replace(now, block), tag && `${block.id}.${tag}`),
    add: (kind, place, language = selection.language) => {
      const block = freshBlock(kind, language)
      if (!place) return addBlocks(language, [block])
      if (!fits(place.list, kind)) return
      changeDocument(language, (now) => insert(now, place, [block]))
      setSelection({ language, ids: [block.id] })
      announce(t('said_added', { what: nameOf(block) }))
    },
    addBlocks,
    move: (language, id, by) => {
      const step = stepFrom(documentOf(language), id, by)
      if (step) moveTo(language, id, step)
      else announce(t(by > 0 ? 'said_last' : 'said_first'))
    },
    moveTo,
    remove: (language, ids) => {
      const now = documentOf(language)
      const gone = ids.map((id) => findBlock(now, id)).filter((one) => one !== undefined)
      changeDocument(language, (one) => remove(one, ids))
      setSelection({ language, ids: [] })
      announce(t('said_removed', { what: gone.map(nameOf).join('、') }))
    },
    duplicate: (language, ids) => {
      const now = documentOf(language)
      const copies = ids
        .map((id) => findBlock(now, id))
        .filter((one) => one !== undefined)
        .map(withNewIds)
      const last = placeOf(now, ids.at(-1) ?? '')
      if (!last) return
      changeDocument(language, (one) => insert(one, { ...last, index: last.index + 1 }, copies))
      setSelection({ language, ids: copies.map((one) => one.id) })
      announce(t('said_added', { what: copies.map(nameOf).join('、') }))
    },
  }
}

/** All blocks from the first chosen one to another of the same list, else only that one. */
function between(now: Document, selection: Selection, language: Language, id: string): string[] {
  const from = selection.language === language ? placeOf(now, selection.ids[0] ?? '') : undefined
  const to = placeOf(now, id)
  if (!from || !to || from.list !== to.list) return [id]
  const [first, last] = [Math.min(from.index, to.index), Math.max(from.index, to.index)]
  return listOf(now, to.list)
    .slice(first, last + 1)
    .map((one) => one.id)
}

/** Behind what is chosen; else before what ends every message: the reason and the footer. */
function placeToAdd(
  now: Document,
  selection: Selection,
  language: Language,
  blocks: AnyBlock[],
): Place {
  const isHere = selection.language === language
  const hasRoom = (list: string) => blocks.every((one) => fits(list, one.kind))
  if (isHere && selection.list && hasRoom(selection.list)) {
    return { list: selection.list, index: listOf(now, selection.list).length }
  }
  const chosen = isHere ? placeOf(now, selection.ids.at(-1) ?? '') : undefined
  const kind = chosen && listOf(now, chosen.list)[chosen.index]?.kind
  if (chosen && kind !== 'footer' && kind !== 'reason') {
    if (hasRoom(chosen.list)) return { list: chosen.list, index: chosen.index + 1 }
    const row = placeOf(now, chosen.list.split('/')[0] ?? '')
    if (row) return { list: '', index: row.index + 1 }
  }
  const end = now.blocks.findIndex((one) => one.kind === 'reason' || one.kind === 'footer')
  return { list: '', index: end < 0 ? now.blocks.length : end }
}
