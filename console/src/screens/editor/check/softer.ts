import type { EmailVariant, Paragraph, Softer, Span } from '@/api/generated'
import { type AnyBlock, wordsOf } from '../blocks/model'

/** A block with softer words in place of its own; none where the words are no longer there. */
export function softenBlock(block: AnyBlock, softer: readonly Softer[]): AnyBlock | undefined {
  let now: AnyBlock | undefined = block
  for (const one of softer) now = now && replaceWords(now, one)
  return now
}

type Envelope = Pick<EmailVariant, 'subject' | 'preheader'>

/** The same for a subject and what stands beside it in the inbox. */
export function softenSubject(
  { subject, preheader = '' }: Envelope,
  softer: readonly Softer[],
): Envelope | undefined {
  let now: Envelope | undefined = { subject, preheader }
  for (const { before, after } of softer) {
    if (!now || !isOnce(`${now.subject}\n${now.preheader}`, before)) return undefined
    const put = (text: string) => text.replace(before, () => after).trim()
    now = now.subject.includes(before)
      ? { ...now, subject: put(now.subject) }
      : { ...now, preheader: put(now.preheader ?? '') }
  }
  // A message without a subject is no softer one.
  return now?.subject ? now : undefined
}

const isOnce = (text: string, words: string) => text.split(words).length === 2

function replaceWords(block: AnyBlock, { before, after }: Softer): AnyBlock | undefined {
  if (!isOnce(wordsOf(block), before)) return undefined
  const put = (text: string) => text.replace(before, () => after).trim()
  switch (block.kind) {
    case 'heading':
      return { ...block, text: put(block.text) }
    case 'text': {
      const paragraphs = block.paragraphs
        .map((one) => inParagraph(one, before, after))
        .filter(({ spans = [] }) => spans.some((one) => one.text.trim()))
      return paragraphs.length ? { ...block, paragraphs } : undefined
    }
    case 'button':
      return { ...block, label: put(block.label) }
    case 'image':
      return { ...block, alt: put(block.alt ?? '') }
    case 'countdown':
      return { ...block, text: put(block.text), ended: put(block.ended ?? '') }
    case 'coupon':
      return { ...block, title: put(block.title ?? ''), terms: put(block.terms ?? '') }
    case 'products':
      return { ...block, title: put(block.title ?? '') }
    case 'footer':
      return { ...block, lines: (block.lines ?? []).map(put) }
    default:
      return undefined
  }
}

/** A paragraph with other words; what is bold, or a link, around them stays. */
function inParagraph(paragraph: Paragraph, before: string, after: string): Paragraph {
  const spans = paragraph.spans ?? []
  const start = spans
    .map((one) => one.text)
    .join('')
    .indexOf(before)
  if (start < 0) return paragraph
  const changed: Span[] = []
  let at = 0
  let isPut = false
  for (const span of spans) {
    const from = Math.max(start - at, 0)
    const to = Math.min(start + before.length - at, span.text.length)
    const text =
      from < to ? span.text.slice(0, from) + (isPut ? '' : after) + span.text.slice(to) : span.text
    isPut ||= from < to
    if (text) changed.push({ ...span, text })
    at += span.text.length
  }
  return { ...paragraph, spans: changed }
}
