import { NativeSelect } from '@mantine/core'
import { useText } from './texts'

interface Props {
  label: string
  description?: string | undefined
  /** Id of what is chosen. */
  value: string
  options: readonly { value: string; label: string }[]
  onChange: (value: string) => void
}

/** One of what there is, by its name; what is gone stays chosen until another is. */
export function NamePick({ label, description, value, options, onChange }: Props) {
  const t = useText()
  const unknown = value ? t('choose_instead', { id: value }) : t('choose_by_name')
  const isKnown = options.some((one) => one.value === value)
  return (
    <NativeSelect
      label={label}
      description={description}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[...(isKnown ? [] : [{ value, label: unknown }]), ...options]}
    />
  )
}
