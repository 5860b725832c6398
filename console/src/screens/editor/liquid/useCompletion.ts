import { type KeyboardEvent, type RefObject, useId, useState } from 'react'
import { type Offer, offerFor, useVocabulary, type Word } from './vocabulary'

/** The text before a caret, and a way to put other text in the place of its end. */
export interface Caret {
  before: string
  put: (text: string, length: number) => void
}

export interface Completing {
  id: string
  field: RefObject<HTMLElement | null>
  offer: Offer | undefined
  active: number
  choose: (word: Word) => void
  /** Looks at what was typed. */
  look: () => void
  close: () => void
  /** Says whether the key was for the list. */
  onKeyDown: (event: KeyboardEvent) => boolean
  aria: Record<string, string | boolean | undefined>
}

/** Offers what may stand in `{{ }}` while one types it. */
export function useCompletion(
  field: RefObject<HTMLElement | null>,
  caret: () => Caret | undefined,
): Completing {
  const id = useId()
  const vocabulary = useVocabulary()
  const [offer, setOffer] = useState<Offer>()
  const [active, setActive] = useState(0)
  const close = () => setOffer(undefined)
  const look = () => {
    const before = caret()?.before
    setOffer(before === undefined ? undefined : offerFor(before, vocabulary))
    setActive(0)
  }
  const choose = ({ value, end }: Word) => {
    const at = caret()
    const isFact = at && !/\|[^{}]*$/.test(at.before)
    at?.put(value + (end ?? (isFact ? ' }}' : '')), offer?.typed.length ?? 0)
    close()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!offer || event.altKey) return false
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const word = offer.words[active]
    if (by) setActive((active + by + offer.words.length) % offer.words.length)
    else if (event.key === 'Escape') close()
    else if ((event.key === 'Enter' || event.key === 'Tab') && word) choose(word)
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }
  const aria = {
    'aria-autocomplete': 'list',
    'aria-controls': offer ? id : undefined,
    'aria-activedescendant': offer ? `${id}${active}` : undefined,
  }
  return { id, field, offer, active, choose, look, close, onKeyDown, aria }
}
