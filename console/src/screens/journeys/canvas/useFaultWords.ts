import { useCallback } from 'react'
import type { Fault } from '../model/definition'
import { type Key, useText } from '../texts'

const known = useText.words.en
// A message without a word has the code of every template that does not parse.
const unwritten = /^there is no variant in the default language/

/** Says what is wrong in the reader's language; what has no words of its own as the server does. */
export function useFaultWords(): (fault: Fault) => string {
  const t = useText()
  return useCallback(
    ({ code, message }) => {
      if (unwritten.test(message)) return t('fault_not_written')
      const key = `fault_${code}`
      return key in known ? t(key as Key) : message
    },
    [t],
  )
}
