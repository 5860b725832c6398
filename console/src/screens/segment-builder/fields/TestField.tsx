import { Checkbox } from '@mantine/core'
import { type Key, useText } from '../texts'
import type { Json } from '../tree'
import { Amount, BoundsField, Choice, Text } from './basics'
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
    number: ['number', 'is'],
  }[allows] as string[]
  const choose = (next: string) => {
    const known = value.value ?? value.text ?? value.pattern
    if (allows === 'number' && next === 'is') return onChange({ type: 'is', value: 1 })
    const start = starts[next] ?? { type: next }
    const key = Object.keys(start).find((one) => ['value', 'text', 'pattern'].includes(one))
    onChange(key && known !== undefined ? { ...start, [key]: String(known) } : start)
  }
  return (
    <div className={styles.filter}>
      <Choice
        label={label}
        value={kind}
        options={kinds.map((one) => ({ value: one, label: t(`test_${one}` as 'test_is') }))}
        onChange={choose}
      />
      <Compared {...{ label, value, of, allows, scale, onChange, kind }} />
    </div>
  )
}

interface ComparedProps extends Props {
  kind: string
}

function Compared({ label, value, of, allows, scale, onChange, kind }: ComparedProps) {
  const t = useText()
  switch (kind) {
    case 'is':
    case 'is_not':
      return (
        <OneValue
          of={of}
          allows={allows}
          scale={scale}
          value={value.value}
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
      return (
        <>
          <Text
            label={t('value')}
            value={String(value.text ?? '')}
            onChange={(text) => onChange({ ...value, text })}
          />
          <Checkbox
            label={t('ignore_case')}
            checked={value.ignore_case === true}
            onChange={(event) =>
              onChange({
                type: 'contains',
                text: value.text,
                ...(event.currentTarget.checked ? { ignore_case: true } : {}),
              })
            }
          />
        </>
      )
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
          isBare
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
          mayBeAhead={allows === 'trait'}
          onChange={(window) => onChange({ ...value, window })}
        />
      )
    default:
      return null
  }
}

const forms = ['string', 'number', 'boolean'] as const

interface OneProps extends Pick<Props, 'of' | 'allows' | 'scale'> {
  value: unknown
  onChange: (value: string | number | boolean) => void
}

/** One value to compare with; where values have types, of the type it is said to have. */
function OneValue({ of, allows, scale = 1, value, onChange }: OneProps) {
  const t = useText()
  const form = forms.find((one) => one === typeof value) ?? 'string'
  const choose = (next: string) => {
    if (next === 'boolean') onChange(true)
    else if (next === 'number') onChange(Number(value) || 0)
    else onChange(String(value ?? ''))
  }
  return (
    <>
      {(allows === 'json' || allows === 'trait') && (
        <Choice
          label={t('value_form')}
          value={form}
          options={forms.map((one) => ({ value: one, label: t(`form_${one}` as Key) }))}
          onChange={choose}
        />
      )}
      {form === 'string' && (
        <Suggest label={t('value')} of={of} value={String(value ?? '')} onChange={onChange} />
      )}
      {form === 'number' && (
        <Amount
          label={t('value')}
          value={Number(value) / scale}
          onChange={(n) => n !== undefined && onChange(n * scale)}
        />
      )}
      {form === 'boolean' && (
        <Choice
          label={t('value')}
          value={String(value)}
          options={[
            { value: 'true', label: t('test_truth_true') },
            { value: 'false', label: t('test_truth_false') },
          ]}
          onChange={(next) => onChange(next === 'true')}
        />
      )}
    </>
  )
}
