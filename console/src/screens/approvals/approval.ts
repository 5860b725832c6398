import { ApiError } from '@/api/client'
import type { Approval } from '@/api/generated'
import { useMay, useSession } from '@/app/session'

/** Says whether a refusal means that somebody was asked to approve. */
export function isAsked(error: unknown): boolean {
  return error instanceof ApiError && error.body?.code === 'approval_needed'
}

/** Says whether the member may answer: not what they asked for, and what they may do themselves. */
export function useMayAnswer(): (approval: Approval) => boolean {
  const { name } = useSession()
  const maySend = useMay('send')
  const isAdmin = useMay('admin')
  return ({ asked_by, wish }) =>
    asked_by !== name && (wish.reasons.includes('sender') ? isAdmin : maySend)
}
