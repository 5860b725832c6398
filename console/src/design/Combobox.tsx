import { CloseButton, TextInput, type TextInputProps } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import {
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { isComposing } from './fields'
import styles from './Popover.module.css'
import { useText } from './texts'
import { usePopover } from './usePopover'

export interface Option {
  value: string
  label: string
  /** Stands at the end of the line: how often it occurs. */
  note?: string
}

type Shared = Pick<TextInputProps, 'label' | 'aria-label' | 'placeholder' | 'size' | 'className'>

interface Props extends Shared {
  /** Undefined for nothing at all. */
  value: string | undefined
  options: Option[]
  onChange: (value: string) => void
  /** Anything else can be typed too, and counts as it is typed. */
  isFree?: boolean
  /** Takes over what was typed and is not in the list: then the field is empty again. */
  onAdd?: (typed: string) => void
  /** In an empty field. */
  onBackspace?: () => void
}

const most = 60

/** A field with a list that narrows down while one types; an empty field is an empty value. */
export function Combobox(props: Props) {
  const { value, options, onChange, isFree, onAdd, onBackspace, ...shared } = props
  const t = useText()
  const id = useId()
  const shown = options.find((one) => one.value === value)?.label ?? ((isFree && value) || '')
  const [text, setText] = useState(shown)
  const [isOpen, setIsOpen] = useState(false)
  const [isTyped, setIsTyped] = useState(false)
  const [active, setActive] = useState(-1)
  const isBusy = useRef(false) // an input method is composing
  useEffect(() => setText(shown), [shown])
  // All is offered until something is typed: what stands in the field was chosen before.
  const wanted = isTyped ? text.trim().toLowerCase() : ''
  const found = options.filter((one) => one.label.toLowerCase().includes(wanted)).slice(0, most)
  const isShown = isOpen && found.length > 0
  const { anchor, panel, onKeyDown } = usePopover<HTMLInputElement>({
    isOpen: isShown,
    onClose: () => close(),
    isAsWide: true,
  })

  const close = () => {
    setIsOpen(false)
    setIsTyped(false)
    setActive(-1)
  }
  const take = (typed: string) => {
    if (isBusy.current) return
    const known = options.find((one) => one.label === typed)
    if (isFree) onChange(known?.value ?? typed)
    else if (typed === '' && value) onChange('')
  }
  const choose = (option: Option) => {
    close()
    setText(isFree ? option.label : shown)
    onChange(option.value)
  }
  const add = () => {
    if (text.trim()) onAdd?.(text.trim())
    setText(shown)
  }
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (isComposing(event)) return
    onKeyDown(event)
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const option = isShown ? found[active] : undefined
    if (by) {
      setIsOpen(true)
      setActive(
        isShown ? (active + by + found.length) % found.length : by > 0 ? 0 : found.length - 1,
      )
    } else if (event.key === 'Enter' && option) choose(option)
    else if (event.key === 'Enter' && onAdd) add()
    else {
      if (event.key === 'Backspace' && text === '') onBackspace?.()
      return
    }
    event.preventDefault()
  }
  return (
    <>
      <TextInput
        {...shared}
        ref={anchor}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={isShown}
        aria-controls={isShown ? id : undefined}
        aria-activedescendant={isShown && active >= 0 ? `${id}${active}` : undefined}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setIsOpen(true)
          setIsTyped(true)
          setActive(-1)
          take(event.currentTarget.value)
        }}
        onClick={() => setIsOpen(true)}
        onFocus={(event) => !isFree && event.currentTarget.select()}
        onBlur={() => {
          close()
          if (!isFree) add()
        }}
        onKeyDown={onKey}
        rightSection={
          isFree || onAdd ? undefined : value ? (
            <CloseButton size="sm" aria-label={t('clear')} onClick={() => onChange('')} />
          ) : (
            <IconChevronDown aria-hidden size={16} className={styles.chevron} />
          )
        }
        onCompositionStart={() => {
          isBusy.current = true
        }}
        onCompositionEnd={(event) => {
          isBusy.current = false
          take(event.currentTarget.value)
        }}
      />
      {isShown && (
        <Options
          {...{ id, panel, active, onChoose: choose }}
          label={String(shared.label ?? shared['aria-label'])}
          options={found}
        />
      )}
    </>
  )
}

interface OptionsProps {
  id: string
  panel: RefObject<HTMLDivElement | null>
  label: string
  options: Option[]
  active: number
  onChoose: (option: Option) => void
}

function Options({ id, panel, label, options, active, onChoose }: OptionsProps) {
  useLayoutEffect(() => {
    panel.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active, panel])
  return (
    <div
      ref={panel}
      popover="manual"
      id={id}
      role="listbox"
      aria-label={label}
      className={styles.list}
    >
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's
        <div
          key={option.value}
          id={`${id}${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          className={styles.entry}
          onMouseDown={(event) => event.preventDefault()} // the field keeps the focus
          onClick={() => onChoose(option)}
        >
          <span>{option.label}</span>
          {option.note && <small>{option.note}</small>}
        </div>
      ))}
    </div>
  )
}
