import { Textarea, TextInput } from '@mantine/core'
import { useRef } from 'react'
import { isComposing } from '@/design'
import { Completion } from './Completion'
import { useCompletion } from './useCompletion'

interface Props {
  label: string
  isLabelHidden?: boolean
  description?: string
  value: string
  onChange: (value: string) => void
  lang?: string
  placeholder?: string
  error?: string | undefined
  /** More than one line. */
  rows?: number
  /** A look of its own: no box around it. */
  className?: string | undefined
}

/** A field in which Liquid works, and is completed. Lines are broken only where there are rows. */
export function LiquidInput(props: Props) {
  const { label, isLabelHidden, value, onChange, rows, className, ...rest } = props
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const completion = useCompletion(field, () => {
    const shown = field.current
    const at = shown?.selectionEnd
    if (!shown || at === null || at === undefined) return undefined
    const put = (text: string, length: number) => {
      shown.setRangeText(text, at - length, at, 'end')
      onChange(shown.value)
    }
    return { before: shown.value.slice(0, at), put }
  })
  const shared = {
    ...rest,
    ...completion.aria,
    ref: field,
    label: isLabelHidden ? undefined : label,
    'aria-label': isLabelHidden ? label : undefined,
    value,
    onChange: (event: { currentTarget: { value: string } }) => {
      const typed = event.currentTarget.value
      onChange(rows ? typed : typed.replaceAll('\n', ' '))
      completion.look()
    },
    onBlur: completion.close,
    onKeyDown: (event: React.KeyboardEvent) => {
      if (isComposing(event) || completion.onKeyDown(event)) return
      if (event.key === 'Enter' && className) event.preventDefault()
    },
  }
  return (
    <>
      {className ? (
        <textarea {...bare(shared)} rows={1} className={className} />
      ) : rows ? (
        <Textarea {...shared} rows={rows} />
      ) : (
        <TextInput {...shared} />
      )}
      <Completion of={completion} />
    </>
  )
}

/** Without what only the design's own fields know. */
function bare<T extends { label?: unknown; description?: unknown; error?: unknown }>(shared: T) {
  const { label: _, description: __, error: ___, ...rest } = shared
  return rest
}
