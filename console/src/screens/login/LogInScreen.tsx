import { useState } from 'react'
import { queryClient } from '@/api/client'
import type { LogInAnswer } from '@/api/generated'
import { FactorStep } from './FactorStep'
import { PasswordStep } from './PasswordStep'

/** Address and password, then a second factor where there is one; or a passkey alone. */
export default function LogInScreen() {
  const [step, setStep] = useState<LogInAnswer>()
  const onAnswer = (answer: LogInAnswer) => {
    if (answer.is_open) enter()
    else setStep(answer)
  }
  if (step) {
    return <FactorStep step={step} onAnswer={onAnswer} onAgain={() => setStep(undefined)} />
  }
  return <PasswordStep onAnswer={onAnswer} />
}

function enter(): void {
  queryClient.clear()
  window.location.assign(ownPath(new URLSearchParams(window.location.search).get('next')))
}

/** Only an address of this console is gone to: never another host, whatever the link said. */
export function ownPath(next: string | null): string {
  const home = '/app/'
  if (!next) return home
  try {
    const url = new URL(next, window.location.origin)
    const isOurs = url.origin === window.location.origin && url.pathname.startsWith(home)
    return isOurs ? url.pathname + url.search : home
  } catch {
    return home
  }
}
