import { useShop } from '@/app/session'
import { Amount, BoundsField, Choice, DurationField, Text } from './fields/basics'
import { EventField, EventsField, StepsField } from './fields/EventFields'
import { FiltersField } from './fields/FiltersField'
import styles from './fields/fields.module.css'
import { minorUnits } from './fields/money'
import { Suggest, type Vocabulary } from './fields/Suggest'
import {
  DistinctField,
  ListField,
  MeasureField,
  ProvenanceField,
  SegmentField,
  SideField,
} from './fields/special'
import { TestField } from './fields/TestField'
import { WindowField } from './fields/WindowField'
import { type Field, fieldsOf } from './fieldsOf'
import editor from './LeafEditor.module.css'
import { nameOf } from './names'
import { type Key, useText } from './texts'
import type { Json } from './tree'

interface Props {
  leaf: Json
  /** The stored segment that is edited: it cannot refer to itself. */
  segmentId?: string
  /** `mark` names the field: what is typed into one within a moment is one step to undo. */
  onChange: (leaf: Json, mark: string) => void
}

/** The fields of one condition, from the table of what each type has. */
export function LeafEditor({ leaf, segmentId, onChange }: Props) {
  const fields = fieldsOf[String(leaf.type)]
  if (!fields) throw new Error(`no fields for ${leaf.type}`)
  const shown = fields.filter((field) => !field.isOptional || isGiven(leaf, field))
  const hidden = fields.filter((field) => field.isOptional && !isGiven(leaf, field))
  return (
    <div className={editor.fields}>
      {shown.map((field) => (
        <div
          key={field.key}
          className={editor.field}
          data-field={field.key}
          data-wide={isWide(field) || undefined}
        >
          <FieldControl {...{ leaf, field, segmentId }} onChange={onChange} />
          {field.isOptional && <Optional field={field} leaf={leaf} onChange={onChange} isGiven />}
        </div>
      ))}
      {hidden.length > 0 && (
        <p className={editor.more}>
          {hidden.map((field) => (
            <Optional key={field.key} field={field} leaf={leaf} onChange={onChange} />
          ))}
        </p>
      )}
    </div>
  )
}

function isGiven(leaf: Json, field: Field): boolean {
  const value = leaf[field.key]
  return value !== undefined && !(Array.isArray(value) && value.length === 0)
}

function isWide(field: Field): boolean {
  return ['filters', 'steps', 'events', 'test', 'window', 'measure', 'provenance'].includes(
    field.as,
  )
}

const starts: Partial<Record<Field['as'], unknown>> = {
  filters: [{ on: 'column', column: 'category', test: { type: 'is', value: '' } }],
  duration: { days: 30 },
  range: { at_least: 1 },
  number: 0.5,
  provenance: ['declared'],
}

interface OptionalProps {
  field: Field
  leaf: Json
  onChange: Props['onChange']
  isGiven?: boolean
}

function Optional({ field, leaf, onChange, isGiven: given }: OptionalProps) {
  const t = useText()
  const what = t(field.label)
  const toggle = () => {
    const { [field.key]: _, ...rest } = leaf
    const start = field.options?.[0] ?? starts[field.as]
    onChange(given ? rest : { ...rest, [field.key]: start }, '')
  }
  return (
    <button type="button" className={styles.quiet} data-field={field.key} onClick={toggle}>
      {given ? t('optional_remove', { what }) : t('optional_add', { what })}
    </button>
  )
}

interface ControlProps extends Props {
  field: Field
}

function FieldControl({ leaf, field, segmentId, onChange }: ControlProps) {
  const t = useText()
  const scale = minorUnits(useShop().currency)
  const label = t(field.label)
  const value = leaf[field.key]
  const json = (value ?? {}) as Json
  const suffix = field.unit && field.unit !== 'money' ? t(`unit_${field.unit}` as Key) : undefined
  const set = (next: unknown) => onChange(put(leaf, field.key, next), field.key)
  const event = String(leaf.event ?? '')
  switch (field.as) {
    case 'event':
      return <EventField label={label} value={event} onChange={(next) => set(next || undefined)} />
    case 'filters':
      return (
        <FiltersField label={label} event={event} value={(value ?? []) as Json[]} onChange={set} />
      )
    case 'steps':
      return <StepsField value={(value ?? []) as Json[]} onChange={set} />
    case 'events':
      return <EventsField label={label} value={json} onChange={set} />
    case 'attribute':
      return (
        <Suggest
          label={label}
          of={{ kind: 'attributes' }}
          value={String(value ?? (leaf.type === 'age' ? 'birthday' : ''))}
          fits={leaf.type === 'prediction' ? isComputed : undefined}
          say={(one) => nameOf(t, 'trait', one)}
          onChange={set}
        />
      )
    case 'test':
      return (
        <TestField
          label={t('test_kind')}
          allows={leaf.type === 'trait' || leaf.type === 'prediction' ? 'trait' : 'text'}
          of={valuesOf(leaf)}
          value={json}
          onChange={set}
        />
      )
    case 'window':
      return <WindowField label={label} value={value as Json | undefined} onChange={set} />
    case 'duration':
      return <DurationField label={label} value={json} onChange={set} />
    case 'count':
      return <BoundsField isCount label={label} suffix={suffix} value={json} onChange={set} />
    case 'range':
      return (
        <BoundsField
          label={label}
          suffix={suffix}
          scale={isMoney(leaf, field) ? scale : 1}
          value={json}
          onChange={set}
        />
      )
    case 'measure':
      return <MeasureField label={label} event={event} value={json} onChange={set} />
    case 'distinct':
      return (
        <DistinctField
          label={label}
          mayBeDay={leaf.type === 'distinct_count'}
          value={json}
          onChange={set}
        />
      )
    case 'side':
      return <SideField label={label} value={leaf} onChange={(next) => onChange(next, 'side')} />
    case 'choice':
      return (
        <Choice
          label={label}
          value={String(value ?? field.options?.[0] ?? '')}
          options={(field.options ?? []).map((one) => ({
            value: one,
            label: nameOf(t, 'choice', one),
          }))}
          onChange={set}
        />
      )
    case 'number':
      return (
        <Amount
          label={label}
          suffix={suffix}
          min={field.min}
          max={field.max}
          value={value === undefined ? (field.key === 'events' ? 3 : 0) : Number(value)}
          onChange={set}
        />
      )
    case 'segment':
      return (
        <SegmentField label={label} but={segmentId} value={String(value ?? '')} onChange={set} />
      )
    case 'list':
      return <ListField label={label} value={String(value ?? '')} onChange={set} />
    case 'provenance':
      return <ProvenanceField label={label} value={(value ?? []) as string[]} onChange={set} />
    case 'text':
      return <Text label={label} value={String(value ?? '')} onChange={set} />
  }
}

function put(leaf: Json, key: string, next: unknown): Json {
  const { [key]: _, ...rest } = leaf
  return next === undefined ? rest : { ...leaf, [key]: next }
}

const forecasts = /^predicted_(?!model_version|horizon_days|.*_(low|high)(_|$))/
const stages = /^life_stage\.(?!.*\.(until|corrected)$)/

/** What the product itself says of people, and somebody may want to choose by. */
function isComputed(attribute: string): boolean {
  return forecasts.test(attribute) || stages.test(attribute)
}

function isMoney(leaf: Json, field: Field): boolean {
  const of = leaf.of as Json | undefined
  return field.unit === 'money' || of?.column === 'value_minor' || of?.total === 'amount_minor'
}

function valuesOf(leaf: Json): Vocabulary {
  switch (leaf.type) {
    case 'technology':
    case 'acquired':
      return { kind: 'column_values', name: String(leaf.field) }
    case 'place':
      return leaf.source === 'last_visit'
        ? { kind: 'column_values', name: String(leaf.field) }
        : { kind: 'attribute_values', name: String(leaf.field) }
    default:
      return { kind: 'attribute_values', name: String(leaf.trait ?? '') }
  }
}
