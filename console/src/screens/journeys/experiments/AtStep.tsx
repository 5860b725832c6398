import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { listJourneyExperimentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Standing } from './Standing'
import { useText } from './texts'

/** How an experiment of the live version stands, beside what is written of it in the draft. */
export function AtStep({ stepId }: { stepId: string }) {
  const t = useText()
  const { journeyId = '' } = useParams({ strict: false }) as { journeyId?: string }
  const found = useQuery({
    ...listJourneyExperimentsOptions({ path: { journey_id: journeyId } }),
    enabled: journeyId !== '',
  })
  const judged = found.data?.find(({ experiment }) => experiment.step === stepId)
  if (!judged) return null
  return (
    <>
      <h3>{t('exp_at_step')}</h3>
      <Standing judged={judged} />
    </>
  )
}
