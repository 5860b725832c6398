import { useText } from '../texts'
import type { Json } from '../tree'
import { BoundsField, Choice, Text } from './basics'
import styles from './fields.module.css'
import { Suggest, SuggestMany, type Vocabulary } from './Suggest'
import { WindowField } from './WindowField'

const texts = ['is', 'is_not', 'in', 'contains', 'starts_with', 'matches'] as const
const presence = ['is_set', 'is_not_set'] as const
const starts: Record<string, Json> = {
  is: { type: 'is', value: '' },
  is_not: { type: 'is_not', value: '' },
  in: { type: 'in', values: [] },
  contains: { type: 'contains', text: '' },
  starts_with: { type: 'starts_with', text: '' },
  matches: { type: 'matches', pattern: '' },
  number: { type: 'number', at_least: 1 },
  when: { type: 'when', window: { type: 'last', duration: { days: 30 } } },
  list_contains: { type: 'list_contains', text: '' },
}

interface Props {
  label: string
  value: Json
  /** Where suggestions for values come from. */
  of?: Vocabulary
  /** What the value can be: texts only, also what attributes can be, or a number only. */
  allows: 'text' | 'json' | 'trait' | 'number'
  /** Of a number: 100 for money in cents. */
  scale?: number
  onChange: (value: Json) => void
}

/** A comparison and what is compared with. */
export function TestField({ label, value, of, allows, scale, onChange }: Props) {
  const t = useText()
  const kind = String(value.type)
  const kinds = {
    text: [...texts, ...presence],
    json: [...texts, 'number', ...presence],
    trait: [...texts, 'list_contains', 'number', 'when', ...presence],
    number: ['number'],
  }[allows] as string[]
  const choose = (next: string) => {
    const known = value.value ?? value.text ?? value.pattern
    const start = starts[next] ?? { type: next }
    const key = Object.keys(start).find((one) => ['value', 'text', 'pattern'].includes(one))
    onChange(key && known !== undefined ? { ...start, [key]: String(known) } : start)
  }
  return (
    <div className={styles.filter}>
      {kinds.length > 1 && (
        <Choice
          label={label}
          value={kind}
          options={kinds.map((one) => ({ value: one, label: t(`test_${one}` as 'test_is') }))}
          onChange={choose}
        />
      )}
      <Compared {...{ label, value, of, scale, onChange, kind }} mayBeAhead={allows === 'trait'} />
    </div>
  )
}

interface ComparedProps extends Omit<Props, 'allows'> {
  kind: string
  mayBeAhead: boolean
}

function Compared({ label, value, of, scale, onChange, kind, mayBeAhead }: ComparedProps) {
  const t = useText()
  switch (kind) {
    case 'is':
    case 'is_not':
      return (
        <Suggest
          label={t('value')}
          of={of}
          value={String(value.value ?? '')}
          onChange={(next) => onChange({ ...value, value: next })}
        />
      )
    case 'in':
      return (
        <SuggestMany
          label={t('value')}
          of={of}
          values={(value.values ?? []) as string[]}
          onChange={(values) => onChange({ ...value, values })}
        />
      )
    case 'list_contains':
      return (
        <Suggest
          label={t('value')}
          of={of}
          value={String(value.text ?? '')}
          onChange={(text) => onChange({ ...value, text })}
        />
      )
    case 'contains':
    case 'starts_with':
      return (
        <Text
          label={t('value')}
          value={String(value.text ?? '')}
          onChange={(text) => onChange({ ...value, text })}
        />
      )
    case 'matches':
      return (
        <Text
          label={t('value')}
          value={String(value.pattern ?? '')}
          onChange={(pattern) => onChange({ ...value, pattern })}
        />
      )
    case 'number': {
      const { type, ...bounds } = value
      return (
        <BoundsField
          label={label}
          value={bounds}
          scale={scale}
          onChange={(next) => onChange({ type, ...next })}
        />
      )
    }
    case 'when':
      return (
        <WindowField
          label={t('window')}
          value={value.window as Json}
          mayBeAhead={mayBeAhead}
          onChange={(window) => onChange({ ...value, window })}
        />
      )
    default:
      return null
  }
}
