import { TextInput } from '@mantine/core'
import { useText } from './texts'

interface Props {
  value: string
  onChange: (value: string) => void
  maxLength: number
  placeholder?: string
}

/** What something new is to be called: the first field of its dialog. */
export function NameField({ onChange, ...props }: Props) {
  const t = useText()
  return (
    <TextInput
      {...props}
      label={t('name')}
      required
      withAsterisk={false}
      data-autofocus
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
