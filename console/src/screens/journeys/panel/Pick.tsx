import { NativeSelect } from '@mantine/core'

interface Props<V extends string> {
  label: string
  description?: string
  value: V
  options: readonly V[]
  say: (value: V) => string
  onChange: (value: V) => void
}

/** One of a few. */
export function Pick<V extends string>(props: Props<V>) {
  const { label, description, value, options, say, onChange } = props
  return (
    <NativeSelect
      label={label}
      description={description}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as V)}
      data={options.map((one) => ({ value: one, label: say(one) }))}
    />
  )
}
