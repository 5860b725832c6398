import { CloseButton, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useText } from './texts'

/** True while an input method is composing: then Enter picks a word and commits nothing. */
export function isComposing(event: KeyboardEvent): boolean {
  // Safari ends the composition before the key; it still says 229.
  return event.nativeEvent.isComposing || event.keyCode === 229
}

/** A handler for Enter that leaves input methods alone. */
export function onEnter(act: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== 'Enter' || isComposing(event)) return
    // Else the key would also press what the act gives the focus to.
    event.preventDefault()
    act()
  }
}

interface SearchProps {
  label: string
  placeholder?: string
  value: string
  /** Called when typing pauses, never in the middle of a composition. */
  onSearch: (text: string) => void
}

const pauseMilliseconds = 250

export function SearchField({ label, placeholder, value, onSearch }: SearchProps) {
  const t = useText()
  const [text, setText] = useState(value)
  const [isBusy, setIsBusy] = useState(false)
  const report = useRef(onSearch)
  report.current = onSearch
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (isBusy || text === value) return
    const timer = setTimeout(() => report.current(text), pauseMilliseconds)
    return () => clearTimeout(timer)
  }, [text, value, isBusy])
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={placeholder ?? t('search')}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onCompositionStart={() => setIsBusy(true)}
      onCompositionEnd={() => setIsBusy(false)}
      onKeyDown={onEnter(() => onSearch(text))}
      leftSection={<IconSearch aria-hidden size={17} />}
      rightSection={
        text && <CloseButton size="sm" aria-label={t('clear')} onClick={() => onSearch('')} />
      }
    />
  )
}
