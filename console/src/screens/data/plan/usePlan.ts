import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '@/api/client'
import { applyPlan, type PlanVersion, type TrackingPlan } from '@/api/generated'
import { getPlanOptions } from '@/api/generated/@tanstack/react-query.gen'
import { toast, toastFailure, useErrorLine } from '@/design'
import { useText } from '../texts'

export function usePlan() {
  return useQuery(getPlanOptions())
}

interface Change {
  plan: TrackingPlan
  note?: string
}

/** Puts a plan in force, made from the version that was on the screen. */
export function useApplyPlan(from: PlanVersion | undefined, onDone?: () => void) {
  const t = useText()
  const errorLine = useErrorLine()
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ plan, note = '' }: Change) => {
      const body = { plan, note, expected_version: from?.version ?? null }
      return (await applyPlan({ body, throwOnError: true })).data
    },
    onSuccess: async (applied) => {
      await client.invalidateQueries()
      toast(t('plan_applied', { version: applied.version }))
      onDone?.()
    },
    onError: (error) => {
      const isChanged = error instanceof ApiError && error.body?.code === 'plan_changed'
      toastFailure(isChanged ? t('changed_meanwhile') : errorLine(error))
    },
  })
}

/** Returns a plan with one rule put in, or taken out. */
export function withRule(
  plan: TrackingPlan,
  event: string,
  rule: NonNullable<TrackingPlan['traits']> | undefined,
): TrackingPlan {
  if (!event) return { ...plan, traits: rule ?? null }
  const { [event]: _, ...others } = plan.events ?? {}
  return { ...plan, events: rule ? { ...others, [event]: rule } : others }
}
