import { readPath, writePath } from './path'
import { Suggest } from './Suggest'

interface Props {
  label: string
  placeholder?: string
  /** Whose properties are suggested. */
  event?: string
  value: unknown
  onChange: (path: string[]) => void
}

/** Where a property is, by its keys: `a.b`. */
export function PathField({ label, placeholder, event, value, onChange }: Props) {
  return (
    <Suggest
      label={label}
      placeholder={placeholder}
      of={event ? { kind: 'properties', event } : undefined}
      value={writePath(value)}
      write={(key) => writePath([key])}
      onChange={(text) => onChange(readPath(text))}
    />
  )
}
