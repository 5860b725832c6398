import type { Paragraph, Span } from '@/api/generated'
import { joined, type Point, type Range } from './marks'

const tags = { B: 'bold', STRONG: 'bold', I: 'italic', EM: 'italic', U: 'underline' } as const

/** Shows paragraphs in an element: one `p` each, made of text and marks, never of markup. */
export function show(root: HTMLElement, paragraphs: Paragraph[]): void {
  root.replaceChildren(...paragraphs.map(elementOf))
}

function elementOf(paragraph: Paragraph): HTMLElement {
  const p = document.createElement('p')
  if (paragraph.kind && paragraph.kind !== 'plain') p.dataset.kind = paragraph.kind
  for (const span of paragraph.spans ?? []) p.append(dressedNode(span))
  // Without it an empty line has no height, and a caret no place behind a break.
  const last = paragraph.spans?.at(-1)?.text
  if (!last || last.endsWith('\n')) p.append(document.createElement('br'))
  return p
}

function dressedNode(span: Span): Node {
  const parts = span.text.split('\n').flatMap((line, index) => {
    const text = document.createTextNode(line)
    return index ? [document.createElement('br'), text] : [text]
  })
  let node: Node = document.createDocumentFragment()
  for (const part of parts) node.appendChild(part)
  const wrap = (name: string) => {
    const element = document.createElement(name)
    element.append(node)
    node = element
    return element
  }
  if (span.colour) {
    const coloured = wrap('span')
    coloured.dataset.colour = span.colour
    coloured.style.color = span.colour
  }
  if (span.underline) wrap('u')
  if (span.italic) wrap('i')
  if (span.bold) wrap('b')
  if (span.href) wrap('a').dataset.href = span.href
  return node
}

/** Reads paragraphs back from what browsers make of an element that is written in. */
export function read(root: HTMLElement): Paragraph[] {
  const found: Paragraph[] = []
  let loose: Span[] = []
  const end = () => {
    if (loose.length) found.push({ spans: joined(loose) })
    loose = []
  }
  for (const child of root.childNodes) {
    if (child instanceof HTMLElement && /^(P|DIV|LI|UL|OL)$/.test(child.tagName)) {
      end()
      const kind = child.dataset.kind as Paragraph['kind']
      found.push({ spans: joined(trimmed(spansOf(child, {}))), ...(kind && { kind }) })
    } else loose.push(...spansOf(child, {}))
  }
  end()
  return found.length ? found : [{ spans: [] }]
}

/** Without the break that only holds a line open. */
function trimmed(spans: Span[]): Span[] {
  const last = spans.at(-1)
  if (!last?.text.endsWith('\n')) return spans
  return [...spans.slice(0, -1), { ...last, text: last.text.slice(0, -1) }]
}

function spansOf(node: Node, dress: Omit<Span, 'text'>): Span[] {
  if (node instanceof Text) return [{ ...dress, text: node.data.replaceAll('\u00a0', ' ') }]
  if (!(node instanceof HTMLElement)) return []
  if (node.tagName === 'BR') return [{ ...dress, text: '\n' }]
  const mark = tags[node.tagName as keyof typeof tags]
  const { href, colour } = node.dataset
  const own = { ...dress, ...(mark && { [mark]: true }), ...(href && { href }) }
  const all = colour ? { ...own, colour } : own
  return [...node.childNodes].flatMap((child) => spansOf(child, all))
}

/** The selection within an element, as places in its paragraphs. */
export function selectionIn(root: HTMLElement): Range | undefined {
  const selection = document.getSelection()
  if (!selection?.rangeCount) return undefined
  const range = selection.getRangeAt(0)
  if (!root.contains(range.startContainer) || !root.contains(range.endContainer)) return undefined
  return {
    start: pointOf(root, range.startContainer, range.startOffset),
    end: pointOf(root, range.endContainer, range.endOffset),
  }
}

function pointOf(root: HTMLElement, node: Node, offset: number): Point {
  if (node === root) {
    const isAfter = offset >= root.childNodes.length && offset > 0
    const paragraph = Math.max(0, isAfter ? offset - 1 : offset)
    return { paragraph, offset: isAfter ? lengthOf(root.childNodes[paragraph]) : 0 }
  }
  let top: Node = node
  while (top.parentNode && top.parentNode !== root) top = top.parentNode
  const before = document.createRange()
  before.setStart(top, 0)
  before.setEnd(node, offset)
  return {
    paragraph: [...root.childNodes].indexOf(top as ChildNode),
    offset: lengthOf(before.cloneContents()),
  }
}

function lengthOf(node: Node | undefined): number {
  if (!node) return 0
  if (node instanceof Text) return node.length
  if (node instanceof HTMLBRElement) return 1
  return [...node.childNodes].reduce((sum, child) => sum + lengthOf(child), 0)
}

/** Selects a range of paragraphs as `show` made them. */
export function select(root: HTMLElement, { start, end }: Range): void {
  const selection = document.getSelection()
  const [from, to] = [placeOf(root, start), placeOf(root, end)]
  if (from && to) selection?.setBaseAndExtent(from[0], from[1], to[0], to[1])
}

function placeOf(root: HTMLElement, { paragraph, offset }: Point): [Node, number] | undefined {
  const p = root.childNodes[Math.min(paragraph, root.childNodes.length - 1)]
  if (!p) return undefined
  let left = offset
  const nodes = document.createTreeWalker(p, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT)
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    if (node instanceof Text) {
      if (left <= node.length) return [node, left]
      left -= node.length
    } else if (node instanceof HTMLBRElement) {
      const parent = node.parentNode ?? p
      const index = [...parent.childNodes].indexOf(node)
      if (left === 0) return [parent, index]
      left -= 1
      if (left === 0 && !node.nextSibling) return [parent, index + 1]
    }
  }
  return [p, p.childNodes.length]
}
