import {
  type ClipboardEvent,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import type { Paragraph } from '@/api/generated'
import { isComposing } from '@/design'
import { Completion } from '../liquid/Completion'
import { useCompletion } from '../liquid/useCompletion'
import { read, select, selectionIn, show } from './dom'
import { type Mark, type Range, replaceRange, split, textOf, toggleMark } from './marks'
import styles from './RichText.module.css'
import { Toolbar } from './Toolbar'

interface Props {
  label: string
  lang: string
  value: Paragraph[]
  onChange: (value: Paragraph[]) => void
  placeholder: string
  isSmall?: boolean
  align?: string
}

const marks: Record<string, Mark> = { b: 'bold', i: 'italic', u: 'underline' }

/** Paragraphs that are written in where they stand. */
export function RichText(props: Props) {
  const { label, lang, value, placeholder, isSmall, align } = props
  const field = useRef<HTMLDivElement>(null)
  const [range, setRange] = useState<Range>()
  const edit = useEdit(field, props)
  const completion = useCompletion(field, () => {
    const at = field.current && selectionIn(field.current)?.end
    if (!at || !field.current) return undefined
    const before = textOf(read(field.current)[at.paragraph]).slice(0, at.offset)
    const put = (text: string, length: number) =>
      edit.put(text, { start: { ...at, offset: at.offset - length }, end: at })
    return { before, put }
  })
  useSelection(field, setRange)
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event) || completion.onKeyDown(event)) return
    const mark = (event.ctrlKey || event.metaKey) && marks[event.key.toLowerCase()]
    if (mark && range) {
      event.preventDefault()
      edit.apply(toggleMark(value, range, mark), range)
    }
  }
  const isEmpty = value.length <= 1 && !textOf(value[0]) && !value[0]?.kind
  return (
    <div className={styles.rich}>
      {range && <Toolbar value={value} range={range} onChange={edit.apply} />}
      {/* biome-ignore lint/a11y/useSemanticElements: a text area has no bold words */}
      <div
        ref={field}
        role="textbox"
        tabIndex={0}
        aria-multiline
        aria-label={label}
        {...completion.aria}
        lang={lang}
        contentEditable
        suppressContentEditableWarning
        className={styles.text}
        data-placeholder={isEmpty ? placeholder : undefined}
        data-small={isSmall || undefined}
        data-align={align}
        onKeyDown={onKeyDown}
        onInput={(event) => {
          if (!(event.nativeEvent as InputEvent).isComposing) edit.take()
          completion.look()
        }}
        onCompositionEnd={edit.take}
        onPaste={edit.paste}
        onBlur={completion.close}
      />
      <Completion of={completion} />
    </div>
  )
}

/** The element holds what is written; paragraphs come from it, and go into it when they differ. */
function useEdit(field: RefObject<HTMLDivElement | null>, { value, onChange }: Props) {
  const shown = useRef<Paragraph[]>(undefined)
  const wanted = useRef<Range>(undefined)
  const change = useRef(onChange)
  change.current = onChange
  useLayoutEffect(() => {
    const root = field.current
    if (!root || shown.current === value) return
    const kept = wanted.current ?? (root === document.activeElement ? selectionIn(root) : undefined)
    show(root, value)
    shown.current = value
    wanted.current = undefined
    if (kept && root === document.activeElement) select(root, kept)
  }, [value, field])
  const apply = (paragraphs: Paragraph[], at: Range) => {
    wanted.current = at
    field.current?.focus()
    change.current(paragraphs)
  }
  const take = () => {
    const root = field.current
    if (!root) return
    const written = read(root)
    shown.current = written
    change.current(written)
  }
  const put = (text: string, at: Range) => {
    const [paragraphs, point] = replaceRange(field.current ? read(field.current) : value, at, text)
    apply(paragraphs, { start: point, end: point })
  }
  const paste = (event: ClipboardEvent) => {
    event.preventDefault()
    const at = field.current && selectionIn(field.current)
    const text = event.clipboardData.getData('text/plain').replaceAll('\r\n', '\n')
    if (at) put(text, at)
  }
  useOwnBreaks(field, apply)
  return { apply, take, put, paste }
}

/** Enter, drops and the browser's own bold would make markup of their own. */
function useOwnBreaks(
  field: RefObject<HTMLDivElement | null>,
  apply: (paragraphs: Paragraph[], at: Range) => void,
) {
  const act = useRef(apply)
  act.current = apply
  useEffect(() => {
    const root = field.current
    const onBefore = (event: InputEvent) => {
      const at = root && selectionIn(root)
      if (!root || !at) return
      if (event.inputType === 'insertParagraph') {
        const [paragraphs, point] = split(read(root), at)
        act.current(paragraphs, { start: point, end: point })
      } else if (event.inputType === 'insertLineBreak') {
        const [paragraphs, point] = replaceRange(read(root), at, '\n')
        act.current(paragraphs, { start: point, end: point })
      } else if (!/^(format|history)|FromDrop|List$/.test(event.inputType)) return
      event.preventDefault()
    }
    root?.addEventListener('beforeinput', onBefore)
    return () => root?.removeEventListener('beforeinput', onBefore)
  }, [field])
}

/** Follows the selection while it is within. */
function useSelection(
  field: RefObject<HTMLDivElement | null>,
  onChange: (range: Range | undefined) => void,
) {
  useEffect(() => {
    const follow = () => {
      const root = field.current
      const toolbar = root?.parentElement?.contains(document.activeElement)
      if (root && document.activeElement === root) onChange(selectionIn(root))
      else if (!toolbar && !document.activeElement?.closest('dialog')) onChange(undefined)
    }
    document.addEventListener('selectionchange', follow)
    document.addEventListener('focusin', follow)
    return () => {
      document.removeEventListener('selectionchange', follow)
      document.removeEventListener('focusin', follow)
    }
  }, [field, onChange])
}
