import { type Key, useText } from './texts'

/** Says how an entry ended. */
export function useOutcomeWords(): (outcome: string) => string {
  const t = useText()
  return (outcome) => {
    const key = outcome.startsWith('exit:') ? 'trial_exit' : `outcome_${outcome}`
    return key in useText.words.en ? t(key as Key) : outcome
  }
}

/** Says why a message was stopped, delayed, or somebody not let in. */
export function useReasonWords(): (reason: string) => string {
  const t = useText()
  return (reason) => {
    const key = [`stop_${reason}`, `refusal_${reason}`].find((one) => one in useText.words.en)
    return key ? t(key as Key) : reason
  }
}
