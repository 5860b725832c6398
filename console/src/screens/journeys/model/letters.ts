import { compareLines, type Line, onlyAround } from './lines'

/** What differs in one place of a message's words. */
export interface WordChange {
  /** Of the message; empty for what holds for all of them. */
  language: string
  /** `subject`, `html` …, `theme`, `language` where one came or went, else the kind of a block. */
  part: string
  kind: 'added' | 'removed' | 'changed' | 'moved'
  lines: Line[]
}

type Values = Record<string, unknown>
interface Block extends Values {
  id: string
  type: string
}

const sources = ['subject', 'preheader', 'mjml', 'html', 'text']

/** What two templates say differently: each language, its subject and source, block by block. */
export function compareTemplates(before: unknown, after: unknown): WordChange[] {
  const [old, now] = [variantsOf(before), variantsOf(after)]
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].sort().flatMap((language) => {
    const [one, other] = [old[language], now[language]]
    if (one && other) return compareVariants(language, one, other)
    const kind = other ? ('added' as const) : ('removed' as const)
    return [{ language, part: 'language', kind, lines: changed(textOf(one), textOf(other)) }]
  })
}

function compareVariants(language: string, before: Values, after: Values): WordChange[] {
  const written = sources
    .filter((part) => (before[part] ?? '') !== (after[part] ?? ''))
    .map((part): WordChange => {
      const lines = changed(linesOf(before[part]), linesOf(after[part]))
      return { language, part, kind: 'changed', lines }
    })
  const [old, now] = [documentOf(before), documentOf(after)]
  const theme = changed(said(old.theme), said(now.theme))
  const themes: WordChange[] =
    theme.length > 0 ? [{ language, part: 'theme', kind: 'changed', lines: theme }] : []
  return [...written, ...themes, ...compareBlocks(language, blocksIn(old), blocksIn(now))]
}

/** Blocks are the same where their ids are: one that was rewritten is changed, not replaced. */
function compareBlocks(language: string, before: Block[], after: Block[]): WordChange[] {
  const old = new Map(before.map((one) => [one.id, one]))
  const now = new Map(after.map((one) => [one.id, one]))
  const ids = (blocks: Block[], others: Map<string, Block>) =>
    blocks.map(({ id }) => id).filter((id) => others.has(id))
  const moved = new Set(
    compareLines(ids(before, now), ids(after, old)).flatMap(({ mark, text }) =>
      mark === 'new' ? [text] : [],
    ),
  )
  const told = (block: Block, kind: WordChange['kind'], lines: Line[]): WordChange => ({
    language,
    part: block.type,
    kind,
    lines,
  })
  const gone = before.filter(({ id }) => !now.has(id))
  return [
    ...gone.map((one) => told(one, 'removed', changed(said(one), []))),
    ...after.flatMap((one) => {
      const was = old.get(one.id)
      if (!was) return [told(one, 'added', changed([], said(one)))]
      const lines = changed(said(was), said(one))
      return [
        ...(moved.has(one.id) ? [told(one, 'moved', [])] : []),
        ...(lines.length > 0 ? [told(one, 'changed', lines)] : []),
      ]
    }),
  ]
}

const changed = (before: string[], after: string[]) => {
  const lines = compareLines(before, after)
  return lines.some(({ mark }) => mark !== 'same') ? onlyAround(lines) : []
}

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function variantsOf(template: unknown): Record<string, Values> {
  const variants = isObject(template) ? template.variants : undefined
  return isObject(variants) ? (variants as Record<string, Values>) : {}
}

function documentOf(variant: Values): Values {
  return isObject(variant.blocks) ? variant.blocks : {}
}

/** Every block, those in columns after the block that holds them. */
function blocksIn(holder: Values): Block[] {
  const own = Array.isArray(holder.blocks) ? (holder.blocks as Block[]) : []
  return own.flatMap((block) => {
    const columns = Array.isArray(block.columns) ? (block.columns as Values[]) : []
    return [block, ...columns.flatMap(blocksIn)]
  })
}

/** Source as lines; a page without line breaks is broken between its tags. */
function linesOf(value: unknown): string[] {
  return typeof value === 'string' && value !== '' ? value.replaceAll('><', '>\n<').split('\n') : []
}

function textOf(variant: Values | undefined): string[] {
  if (!variant) return []
  const written = sources.flatMap((part) => linesOf(variant[part]))
  return [...written, ...blocksIn(documentOf(variant)).flatMap((one) => said(one))]
}

/** What a block says, line by line: its words as they are, all else with its name. */
function said(value: unknown, name = ''): string[] {
  if (value === undefined || value === null || value === '') return []
  if (isObject(value)) {
    return Object.entries(value)
      .filter(([key]) => !['id', 'type', 'blocks'].includes(key))
      .flatMap(([key, one]) => said(one, key))
  }
  if (Array.isArray(value)) return value.flatMap((one) => said(one, name))
  const isWords = ['text', 'html', 'title', 'label'].includes(name)
  return isWords ? linesOf(String(value)) : [name ? `${name}: ${value}` : String(value)]
}
