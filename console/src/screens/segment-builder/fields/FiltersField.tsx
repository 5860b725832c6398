import { useShop } from '@/app/session'
import { useText } from '../texts'
import type { Json } from '../tree'
import { nameOf } from '../words'
import { Choice, Text } from './basics'
import styles from './fields.module.css'
import { minorUnits } from './money'
import { TestField } from './TestField'

const columns = [
  'category',
  'brand',
  'product_id',
  'value_minor',
  'coupon',
  'quantity',
  'query',
  'page_path',
  'store',
  'device',
  'os',
  'browser',
  'app',
  'country',
  'region',
  'acquisition_channel',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'order_id',
  'cart_id',
  'currency',
  'message_id',
  'broadcast_id',
  'is_machine',
] as const
const items = ['product_id', 'category', 'price_minor', 'quantity'] as const
const numbers = new Set(['value_minor', 'quantity', 'is_machine', 'price_minor'])
const isText = { type: 'is', value: '' }
const isNumber = { type: 'number', at_least: 1 }

interface Props {
  label: string
  value: Json[]
  event: string
  onChange: (value: Json[]) => void
}

/** What an event must be like: each line is one property and its test. */
export function FiltersField({ label, value, event, onChange }: Props) {
  const t = useText()
  const set = (index: number, next: Json) =>
    onChange(value.map((one, i) => (i === index ? next : one)))
  return (
    <fieldset className={styles.pair}>
      <legend>{label}</legend>
      <div className={styles.filters}>
        {value.map((filter, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
          <div key={index} className={styles.filter}>
            <FilterLine filter={filter} event={event} onChange={(next) => set(index, next)} />
            <button
              type="button"
              className={styles.quiet}
              onClick={() => onChange(value.filter((_, i) => i !== index))}
            >
              {t('filter_remove')}
            </button>
          </div>
        ))}
        <button
          type="button"
          className={styles.quiet}
          onClick={() => onChange([...value, { on: 'column', column: 'category', test: isText }])}
        >
          {t('filter_add')}
        </button>
      </div>
    </fieldset>
  )
}

interface LineProps {
  filter: Json
  event: string
  onChange: (filter: Json) => void
}

function FilterLine({ filter, event, onChange }: LineProps) {
  const t = useText()
  const scale = minorUnits(useShop().currency)
  const first = ((filter.where as Json[] | undefined) ?? [])[0] ?? {}
  const isItem = filter.on === 'any_item'
  const isSimple = !isItem || (filter.where as Json[]).length === 1
  if (!['column', 'property', 'any_item'].includes(String(filter.on)) || !isSimple) {
    return <code>{JSON.stringify(filter)}</code>
  }
  const chosen = isItem
    ? `item:${first.field}`
    : filter.on === 'column'
      ? String(filter.column)
      : 'property'
  const name = isItem ? String(first.field) : String(filter.column)
  const test = (isItem ? first.test : filter.test) as Json
  const choose = (next: string) => {
    if (next === 'property') return onChange({ on: 'property', path: [''], test: isText })
    const plain = next.replace('item:', '')
    const begin = numbers.has(plain) ? isNumber : isText
    if (next === plain) return onChange({ on: 'column', column: next, test: begin })
    onChange({ on: 'any_item', where: [{ field: plain, test: begin }] })
  }
  const setTest = (next: Json) =>
    onChange(isItem ? { ...filter, where: [{ ...first, test: next }] } : { ...filter, test: next })
  const path = ((filter.path as string[] | undefined) ?? []).join('.')
  return (
    <>
      <Choice
        label={t('filter_property')}
        value={chosen}
        options={[
          ...columns.map((one) => ({ value: one as string, label: nameOf(t, 'choice', one) })),
          ...items.map((one) => ({
            value: `item:${one}`,
            label: t('filter_item', { what: nameOf(t, 'choice', one) }),
          })),
          { value: 'property', label: t('measure_property') },
        ]}
        onChange={choose}
      />
      {filter.on === 'property' && (
        <Text
          label={t('path')}
          value={path}
          onChange={(next) => onChange({ ...filter, path: next.split('.') })}
        />
      )}
      <TestField
        label={t('test_kind')}
        value={test}
        allows={filter.on === 'property' ? 'json' : numbers.has(name) ? 'number' : 'text'}
        scale={name === 'value_minor' || name === 'price_minor' ? scale : 1}
        of={
          filter.on === 'property'
            ? { kind: 'property_values', name: path, event }
            : { kind: isItem ? 'item_values' : 'column_values', name, event: isItem ? '' : event }
        }
        onChange={setTest}
      />
    </>
  )
}
