import { useQuery } from '@tanstack/react-query'
import { listJourneysOptions } from '@/api/generated/@tanstack/react-query.gen'
import type { StepOf } from '../model/definition'
import { NamePick } from './NamePick'
import { useText } from './texts'

interface Props {
  step: StepOf<'enter'>
  onChange: (step: StepOf<'enter'>, tag?: string) => void
}

export function EnterForm({ step, onChange }: Props) {
  const t = useText()
  const journeys = useQuery(listJourneysOptions({ query: { limit: 500 } }))
  return (
    <NamePick
      label={t('kind_enter')}
      value={step.journey}
      options={(journeys.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      onChange={(journey) => onChange({ ...step, journey })}
    />
  )
}
