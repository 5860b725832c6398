import { useShop } from '@/app/session'
import { nameOf } from '../names'
import { type Key, useText } from '../texts'
import type { Json } from '../tree'
import { Choice } from './basics'
import { itemFields, numberColumns, textColumns } from './columns'
import { Lines } from './Lines'
import { minorUnits } from './money'
import { PathField } from './PathField'
import { TestField } from './TestField'

const numbers = new Set<string>([...numberColumns, 'price_minor'])
const isText = { type: 'is', value: '' }
const isNumber = { type: 'number', at_least: 1 }
const begin = (name: string) => (numbers.has(name) ? isNumber : isText)
const quantifiers = ['any', 'every', 'no'] as const

interface Props {
  label: string
  value: Json[]
  event: string
  onChange: (value: Json[]) => void
}

/** What an event must be like: each line is one property and its test, or speaks of many. */
export function FiltersField({ label, value, event, onChange }: Props) {
  const t = useText()
  return (
    <Lines
      label={label}
      value={value}
      start={{ on: 'column', column: 'category', test: isText }}
      add={t('filter_add')}
      remove={t('filter_remove')}
      onChange={onChange}
    >
      {(filter, set) => <FilterLine filter={filter} event={event} onChange={set} />}
    </Lines>
  )
}

interface LineProps {
  filter: Json
  event: string
  onChange: (filter: Json) => void
}

/** What a filter looks at: a column, another property, the items, or another list. */
function subjectOf(filter: Json): string {
  const on = String(filter.on)
  if (on === 'column') return String(filter.column)
  return on.endsWith('_item') ? 'items' : on.endsWith('_element') ? 'elements' : 'property'
}

function beginWith(subject: string): Json {
  switch (subject) {
    case 'property':
      return { on: 'property', path: [], test: isText }
    case 'items':
      return { on: 'any_item', where: [{ field: 'category', test: isText }] }
    case 'elements':
      return { on: 'any_element', path: [], where: [{ path: [], test: isText }] }
    default:
      return { on: 'column', column: subject, test: begin(subject) }
  }
}

function FilterLine({ filter, event, onChange }: LineProps) {
  const t = useText()
  const subject = subjectOf(filter)
  const set = (part: Json) => onChange({ ...filter, ...part })
  return (
    <>
      <Choice
        label={t('filter_property')}
        value={subject}
        options={[
          ...[...textColumns, ...numberColumns].map((one) => ({
            value: one as string,
            label: nameOf(t, 'choice', one),
          })),
          { value: 'items', label: t('filter_items') },
          { value: 'elements', label: t('filter_elements') },
          { value: 'property', label: t('filter_another') },
        ]}
        onChange={(next) => onChange(beginWith(next))}
      />
      {(subject === 'property' || subject === 'elements') && (
        <PathField
          label={t(subject === 'elements' ? 'path_list' : 'path')}
          event={event}
          value={filter.path}
          onChange={(path) => set({ path })}
        />
      )}
      {subject === 'items' || subject === 'elements' ? (
        <Many filter={filter} onChange={onChange} />
      ) : (
        <OneTest filter={filter} event={event} onChange={(test) => set({ test })} />
      )}
    </>
  )
}

interface OneProps {
  filter: Json
  event: string
  onChange: (test: Json) => void
}

function OneTest({ filter, event, onChange }: OneProps) {
  const t = useText()
  const scale = minorUnits(useShop().currency)
  const column = filter.on === 'column' ? String(filter.column) : ''
  const path = ((filter.path as string[] | undefined) ?? []).join('.')
  return (
    <TestField
      label={t('test_kind')}
      value={filter.test as Json}
      allows={!column ? 'json' : numbers.has(column) ? 'number' : 'text'}
      scale={column === 'value_minor' ? scale : 1}
      of={
        column
          ? { kind: 'column_values', name: column, event }
          : { kind: 'property_values', name: path, event }
      }
      onChange={onChange}
    />
  )
}

/** How many of the items, or of a list's elements, must be like all of the lines. */
function Many({ filter, onChange }: Omit<LineProps, 'event'>) {
  const t = useText()
  const [quantifier = 'any', what = 'item'] = String(filter.on).split('_')
  const where = (filter.where ?? []) as Json[]
  return (
    <>
      <Choice
        label={t('filter_which')}
        value={quantifier}
        options={quantifiers.map((one) => ({ value: one, label: t(`filter_${one}` as Key) }))}
        onChange={(next) => onChange({ ...filter, on: `${next}_${what}` })}
      />
      {what === 'item' ? (
        <ItemLines value={where} onChange={(next) => onChange({ ...filter, where: next })} />
      ) : (
        <ElementLines value={where} onChange={(next) => onChange({ ...filter, where: next })} />
      )}
    </>
  )
}

interface ManyProps {
  value: Json[]
  onChange: (value: Json[]) => void
  /** None at all means all items. */
  mayBeEmpty?: boolean
}

/** What one and the same line item must be like. */
export function ItemLines({ value, onChange, mayBeEmpty }: ManyProps) {
  const t = useText()
  const scale = minorUnits(useShop().currency)
  return (
    <Lines
      label={t('filter_item_like')}
      value={value}
      least={mayBeEmpty ? 0 : 1}
      start={{ field: 'category', test: isText }}
      add={t('filter_add')}
      remove={t('filter_remove')}
      onChange={onChange}
    >
      {({ field, test }, set) => (
        <>
          <Choice
            label={t('filter_property')}
            value={String(field)}
            options={itemFields.map((one) => ({ value: one, label: nameOf(t, 'choice', one) }))}
            onChange={(next) => set({ field: next, test: begin(next) })}
          />
          <TestField
            label={t('test_kind')}
            value={test as Json}
            allows={numbers.has(String(field)) ? 'number' : 'text'}
            scale={field === 'price_minor' ? scale : 1}
            of={{ kind: 'item_values', name: String(field) }}
            onChange={(next) => set({ field, test: next })}
          />
        </>
      )}
    </Lines>
  )
}

/** What one and the same element of a list must be like. */
function ElementLines({ value, onChange }: ManyProps) {
  const t = useText()
  return (
    <Lines
      label={t('filter_element_like')}
      value={value}
      least={1}
      start={{ path: [], test: isText }}
      add={t('filter_add')}
      remove={t('filter_remove')}
      onChange={onChange}
    >
      {(line, set) => (
        <>
          <PathField
            label={t('path_element')}
            placeholder={t('path_itself')}
            value={line.path}
            onChange={(path) => set({ ...line, path })}
          />
          <TestField
            label={t('test_kind')}
            value={line.test as Json}
            allows="json"
            onChange={(test) => set({ ...line, test })}
          />
        </>
      )}
    </Lines>
  )
}
