import { createContext, useContext } from 'react'
import type {
  BlockVerdict,
  BroadcastDefinition,
  Document,
  EmailVariant,
  Problem,
} from '@/api/generated'
import type { Language } from '@/language/i18n'
import type { AnyBlock, Kind, ListId, Place } from '../blocks/model'

export interface Selection {
  language: Language
  /** Neighbours in one list; empty for nothing. */
  ids: string[]
  /** A column that is chosen while it is empty. */
  list?: ListId
}

/** Everything the parts of the editor share. */
export interface Editor {
  definition: BroadcastDefinition
  selection: Selection
  /** Chooses a block, or with `extends` all from the one chosen before to it. */
  select: (language: Language, id: string, doesExtend?: boolean) => void
  selectList: (language: Language, list: ListId) => void
  clear: () => void
  changeDefinition: (next: (now: BroadcastDefinition) => BroadcastDefinition, tag?: string) => void
  changeVariant: (language: Language, some: Partial<EmailVariant>, tag?: string) => void
  changeDocument: (language: Language, next: (now: Document) => Document, tag?: string) => void
  changeBlock: (language: Language, block: AnyBlock, tag?: string) => void
  add: (kind: Kind, place?: Place, language?: Language) => void
  addBlocks: (language: Language, blocks: AnyBlock[]) => void
  move: (language: Language, id: string, by: 1 | -1) => void
  moveTo: (language: Language, id: string, place: Place) => void
  remove: (language: Language, ids: string[]) => void
  duplicate: (language: Language, ids: string[]) => void
  /** Says something to who cannot see it. */
  announce: (words: string) => void
  verdicts: (language: Language) => ReadonlyMap<string, BlockVerdict>
  problems: readonly Problem[]
  /** Whether the message is caused by an event, of which it may read. */
  readsEvent?: boolean
}

export const EditorContext = createContext<Editor | undefined>(undefined)

export function useEditor(): Editor {
  const editor = useContext(EditorContext)
  if (!editor) throw new Error('outside of an editor')
  return editor
}
