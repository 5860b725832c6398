import { type Key, type Say, useText } from './texts'

const words = useText.words.en
const notAWord = /[^a-z0-9]+/g

/** Says a name that has words of its own; the shop's own names as they are. */
export function nameOf(t: Say, kind: 'event' | 'trait' | 'choice', value: string): string {
  const key = `${kind}_${value.toLowerCase().replace(notAWord, '_')}`
  return key in words ? t(key as Key) : value
}
