import { TextInput } from '@mantine/core'
import type { StepOf } from '../model/definition'
import { useText } from './texts'

interface Props {
  step: StepOf<'enter'>
  onChange: (step: StepOf<'enter'>, tag?: string) => void
}

export function EnterForm({ step, onChange }: Props) {
  const t = useText()
  return (
    <TextInput
      label={t('kind_enter')}
      value={step.journey}
      onChange={(event) => onChange({ ...step, journey: event.currentTarget.value }, 'journey')}
    />
  )
}
