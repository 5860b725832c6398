import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { inferPlanFromData, type PlanVersion, tryPlan } from '@/api/generated'
import { useMay } from '@/app/session'
import { Confirm, toastFailure, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from '../texts'
import { useApplyPlan } from './usePlan'

/** Makes a plan from what was seen, says what it would do, and applies it when asked to. */
export function MakePlan({ from }: { from: PlanVersion | undefined }) {
  const t = useText()
  const format = useFormat()
  const errorLine = useErrorLine()
  const make = useMutation({
    mutationFn: async () => {
      const { data: plan } = await inferPlanFromData({ throwOnError: true })
      const { data: trial } = await tryPlan({ body: { plan }, throwOnError: true })
      return { plan, trial }
    },
    onError: (error) => toastFailure(errorLine(error)),
  })
  const apply = useApplyPlan(from, make.reset)
  const made = make.data
  if (!useMay('write')) return null
  return (
    <>
      <Button
        variant={from?.version ? 'default' : 'filled'}
        loading={make.isPending}
        onClick={() => make.mutate()}
      >
        {t('make_plan')}
      </Button>
      <Confirm
        isOpen={Boolean(made)}
        onClose={make.reset}
        onConfirm={() => made && apply.mutate({ plan: made.plan, note: t('plan_note_inferred') })}
        title={t('make_plan_title')}
        confirmLabel={t('make_plan_act')}
        isBusy={apply.isPending}
      >
        {made &&
          t('make_plan_text', {
            events: format.number(Object.keys(made.plan.events ?? {}).length),
            n: format.number(made.trial.n_events),
            flagged: format.number(made.trial.n_flagged),
          })}
      </Confirm>
    </>
  )
}
