import { ApiError } from '@/api/client'
import { useErrorLine } from '@/design'
import { useText } from './texts'

const lines = {
  wrong_credentials: 'refused_wrong',
  log_in_expired: 'refused_expired',
  rate_limited: 'refused_rate',
  password_weak: 'refused_weak',
  link_spent: 'refused_link',
  passkey_refused: 'refused_passkey',
  last_admin: 'refused_last_admin',
  conflict: 'refused_taken',
} as const

type Line = (typeof lines)[keyof typeof lines] | 'refused_code' | 'refused_password'

/** Says in the reader's words why something about an account was refused. */
export function useRefusal(wrongCredentials: Line = 'refused_wrong'): (error: unknown) => string {
  const t = useText()
  const otherwise = useErrorLine()
  return (error) => {
    // What the browser itself raises when the member closes its window.
    if (error instanceof DOMException) return t('refused_passkey_cancelled')
    const code = error instanceof ApiError ? error.body?.code : undefined
    if (code === 'wrong_credentials') return t(wrongCredentials)
    const line = lines[code as keyof typeof lines]
    return line ? t(line) : otherwise(error)
  }
}
