import type { Paragraph, Span } from '@/api/generated'

export type Mark = 'bold' | 'italic' | 'underline'
type Dress = Omit<Span, 'text'>

/** A place in paragraphs: which one, and how many UTF-16 units into its text. */
export interface Point {
  paragraph: number
  offset: number
}
export interface Range {
  start: Point
  end: Point
}

export const textOf = (paragraph: Paragraph | undefined) =>
  (paragraph?.spans ?? []).map((one) => one.text).join('')

function dressOf({ bold, italic, underline, colour, href }: Dress): Dress {
  return {
    ...(bold && { bold }),
    ...(italic && { italic }),
    ...(underline && { underline }),
    ...(colour && { colour }),
    ...(href && { href }),
  }
}

const isAlike = (one: Dress, other: Dress) =>
  JSON.stringify(dressOf(one)) === JSON.stringify(dressOf(other))

/** Without empty runs, and without a seam between runs in the same dress. */
export function joined(spans: Span[]): Span[] {
  const found: Span[] = []
  for (const { text, ...dress } of spans) {
    const last = found.at(-1)
    if (!text) continue
    if (last && isAlike(last, dress)) last.text += text
    else found.push({ text, ...dressOf(dress) })
  }
  return found
}

/** The runs of a paragraph between two offsets. */
export function slice(spans: Span[], from: number, to = Number.POSITIVE_INFINITY): Span[] {
  let at = 0
  const found: Span[] = []
  for (const span of spans) {
    const text = span.text.slice(Math.max(from - at, 0), Math.max(to - at, 0))
    if (text) found.push({ ...span, text })
    at += span.text.length
  }
  return found
}

/** What of each paragraph lies in a range. */
function* parts(paragraphs: Paragraph[], { start, end }: Range) {
  for (const [index, paragraph] of paragraphs.entries()) {
    if (index < start.paragraph || index > end.paragraph) continue
    const from = index === start.paragraph ? start.offset : 0
    const to = index === end.paragraph ? end.offset : textOf(paragraph).length
    yield { index, from, to, spans: paragraph.spans ?? [] }
  }
}

function dressed(paragraphs: Paragraph[], range: Range, dress: Dress): Paragraph[] {
  const changed = [...paragraphs]
  for (const { index, from, to, spans } of parts(paragraphs, range)) {
    const within = slice(spans, from, to).map((one) => ({ ...one, ...dress }))
    changed[index] = {
      ...changed[index],
      spans: joined([...slice(spans, 0, from), ...within, ...slice(spans, to)]),
    }
  }
  return changed
}

/** Whether all of a range wears a mark. */
export function hasMark(paragraphs: Paragraph[], range: Range, mark: Mark): boolean {
  const spans = [...parts(paragraphs, range)].flatMap(({ spans, from, to }) =>
    slice(spans, from, to),
  )
  return spans.length > 0 && spans.every((one) => one[mark])
}

export function toggleMark(paragraphs: Paragraph[], range: Range, mark: Mark): Paragraph[] {
  return dressed(paragraphs, range, { [mark]: !hasMark(paragraphs, range, mark) })
}

/** Where a range leads; of a link it lies in, or of its first. */
export function linkOf(paragraphs: Paragraph[], range: Range): string {
  for (const { spans, from, to } of parts(paragraphs, range)) {
    const found = slice(spans, Math.max(from - 1, 0), Math.max(to, from + 1))
    const linked = found.find((one) => one.href)
    if (linked?.href) return linked.href
  }
  return ''
}

/** The whole link that a caret stands in, else the range itself. */
export function linkRange(paragraphs: Paragraph[], range: Range): Range {
  const { start, end } = range
  if (start.paragraph !== end.paragraph || start.offset !== end.offset) return range
  let at = 0
  for (const span of paragraphs[start.paragraph]?.spans ?? []) {
    const last = at + span.text.length
    if (span.href && at <= start.offset && start.offset <= last) {
      return { start: { ...start, offset: at }, end: { ...start, offset: last } }
    }
    at = last
  }
  return range
}

export function setLink(paragraphs: Paragraph[], range: Range, href: string): Paragraph[] {
  return dressed(paragraphs, range, { href })
}

/** Ends a paragraph where a range is, which goes; a point of a list is followed by another. */
export function split(paragraphs: Paragraph[], range: Range): [Paragraph[], Point] {
  const [cut, point] = replaceRange(paragraphs, range, '')
  const here = cut[point.paragraph] ?? {}
  const isEmptyPoint = here.kind !== undefined && here.kind !== 'plain' && !textOf(here)
  if (isEmptyPoint) {
    const ended = cut.with(point.paragraph, { spans: [] })
    return [ended, point]
  }
  const spans = here.spans ?? []
  const kind = here.kind && { kind: here.kind }
  const halves = [
    { ...kind, spans: slice(spans, 0, point.offset) },
    { ...kind, spans: slice(spans, point.offset) },
  ]
  return [
    cut.toSpliced(point.paragraph, 1, ...halves),
    { paragraph: point.paragraph + 1, offset: 0 },
  ]
}

/** Puts plain text in the place of a range, in the dress of what is before it. */
export function replaceRange(
  paragraphs: Paragraph[],
  { start, end }: Range,
  text: string,
): [Paragraph[], Point] {
  const first = paragraphs[start.paragraph] ?? {}
  const before = slice(first.spans ?? [], 0, start.offset)
  const after = slice(paragraphs[end.paragraph]?.spans ?? [], end.offset)
  const { text: _, href: __, ...dress } = before.at(-1) ?? { text: '' }
  const lines = text.split(/\n{2,}/)
  const added = lines.map((line, index): Paragraph => {
    const own = line ? [{ ...dress, text: line }] : []
    const spans = [
      ...(index === 0 ? before : []),
      ...own,
      ...(index === lines.length - 1 ? after : []),
    ]
    return { ...(first.kind && { kind: first.kind }), spans: joined(spans) }
  })
  const last = lines.at(-1) ?? ''
  const point = {
    paragraph: start.paragraph + lines.length - 1,
    offset: (lines.length === 1 ? start.offset : 0) + last.length,
  }
  return [
    paragraphs.toSpliced(start.paragraph, end.paragraph - start.paragraph + 1, ...added),
    point,
  ]
}

/** Makes the paragraphs of a range points of a list, or plain again where they all are. */
export function toggleList(
  paragraphs: Paragraph[],
  { start, end }: Range,
  kind: 'bullet' | 'number',
): Paragraph[] {
  const isIn = (index: number) => index >= start.paragraph && index <= end.paragraph
  const isAll = paragraphs.every((one, index) => !isIn(index) || one.kind === kind)
  return paragraphs.map((one, index) =>
    isIn(index) ? { spans: one.spans, ...(!isAll && { kind }) } : one,
  )
}
