import { Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { listListsOptions, listSegmentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useLanguage } from '@/language/texts'
import { nameOf } from '../names'
import { type Key, useText } from '../texts'
import type { Json } from '../tree'
import { Amount, Choice } from './basics'
import { itemTexts, textColumns } from './columns'
import { ItemLines } from './FiltersField'
import styles from './fields.module.css'
import { PathField } from './PathField'

interface Props {
  label: string
  value: Json
  onChange: (value: Json) => void
}

const measures: Record<string, Json> = {
  value_minor: { on: 'column', column: 'value_minor' },
  quantity: { on: 'column', column: 'quantity' },
  is_machine: { on: 'column', column: 'is_machine' },
  'items.quantity': { on: 'items', total: 'quantity' },
  'items.amount_minor': { on: 'items', total: 'amount_minor' },
  'items.lines': { on: 'items', total: 'lines' },
  property: { on: 'property', path: [] },
}
const measureWords: Record<string, Key> = {
  value_minor: 'measure_value',
  quantity: 'measure_quantity',
  is_machine: 'choice_is_machine',
  'items.quantity': 'measure_items',
  'items.amount_minor': 'measure_items_amount',
  'items.lines': 'measure_items_lines',
  property: 'measure_property',
}

/** The number of an event that is added up. */
export function MeasureField({ label, event, value, onChange }: Props & { event: string }) {
  const t = useText()
  const chosen =
    value.on === 'column'
      ? String(value.column)
      : value.on === 'items'
        ? `items.${value.total}`
        : 'property'
  const { where, ...rest } = value
  return (
    <div className={styles.pair}>
      <Choice
        label={label}
        value={chosen}
        options={Object.entries(measureWords).map(([one, key]) => ({ value: one, label: t(key) }))}
        onChange={(next) => {
          const keeps = value.on === 'items' && next.startsWith('items.') && where
          onChange({ ...measures[next], ...(keeps ? { where } : {}) })
        }}
      />
      {value.on === 'property' && (
        <PathField
          label={t('path')}
          event={event}
          value={value.path}
          onChange={(path) => onChange({ ...value, path })}
        />
      )}
      {value.on === 'items' && (
        <ItemLines
          mayBeEmpty
          value={(where ?? []) as Json[]}
          onChange={(next) => onChange(next.length > 0 ? { ...rest, where: next } : rest)}
        />
      )}
    </div>
  )
}

/** What different, or the same, values are counted of. `mayBeDay` where days count too. */
export function DistinctField({ label, value, onChange, mayBeDay }: Props & { mayBeDay: boolean }) {
  const t = useText()
  const chosen =
    value.on === 'day' ? 'day' : value.on === 'item' ? `item:${value.field}` : String(value.column)
  return (
    <Choice
      label={label}
      value={chosen}
      options={[
        ...textColumns.map((one) => ({ value: one as string, label: nameOf(t, 'choice', one) })),
        ...itemTexts.map((one) => ({
          value: `item:${one}`,
          label: t('distinct_item', { what: nameOf(t, 'choice', one) }),
        })),
        ...(mayBeDay ? [{ value: 'day', label: t('distinct_day') }] : []),
      ]}
      onChange={(next) => {
        if (next === 'day') onChange({ on: 'day' })
        else if (next.startsWith('item:')) onChange({ on: 'item', field: next.slice(5) })
        else onChange({ on: 'column', column: next })
      }}
    />
  )
}

/** The highest or lowest part, in percent. */
export function SideField({ label, value, onChange }: Props) {
  const t = useText()
  const side = value.bottom_percent === undefined ? 'top' : 'bottom'
  const percent = Number(value[`${side}_percent`] ?? 10)
  const write = (next: string, n: number) => {
    const { top_percent: _top, bottom_percent: _bottom, ...rest } = value
    onChange({ ...rest, [`${next}_percent`]: n })
  }
  return (
    <fieldset className={styles.pair}>
      <legend>{label}</legend>
      <Choice
        isBare
        label={label}
        value={side}
        options={(['top', 'bottom'] as const).map((one) => ({ value: one, label: t(one) }))}
        onChange={(next) => write(next, percent)}
      />
      <Amount
        isBare
        label={t('percent_sign')}
        suffix="%"
        min={0.01}
        max={100}
        value={percent}
        onChange={(n) => write(side, n ?? 10)}
      />
    </fieldset>
  )
}

interface NamedProps {
  label: string
  value: string
  onChange: (value: string) => void
}

interface Named {
  id: string
  name_ja: string
  name_en: string
}

/** One of those that exist; what is gone since is still named by its id. */
function NamedChoice({ label, value, onChange, found }: NamedProps & { found: Named[] }) {
  const language = useLanguage()
  const options = found.map((one) => ({
    value: one.id,
    label: (language === 'ja' ? one.name_ja : one.name_en) || one.id,
  }))
  const isKnown = value === '' || found.some((one) => one.id === value)
  return (
    <Choice
      label={label}
      value={value}
      options={[
        { value: '', label: '–' },
        ...options,
        ...(isKnown ? [] : [{ value, label: value }]),
      ]}
      onChange={onChange}
    />
  )
}

/** `but`: the segment that is edited cannot refer to itself. */
export function SegmentField({ but, ...props }: NamedProps & { but?: string }) {
  const found = useQuery(listSegmentsOptions()).data ?? []
  return <NamedChoice {...props} found={found.filter((one) => one.id !== but)} />
}

export function ListField(props: NamedProps) {
  const t = useText()
  const query = useQuery(listListsOptions())
  return (
    <div>
      <NamedChoice {...props} found={query.data ?? []} />
      {query.data?.length === 0 && <p className={styles.note}>{t('no_lists')}</p>}
    </div>
  )
}

const sources = ['declared', 'observed', 'inferred_self', 'inferred_group', 'third_party'] as const

export function ProvenanceField({
  label,
  value,
  onChange,
}: {
  label: string
  value: string[]
  onChange: (value: string[]) => void
}) {
  const t = useText()
  return (
    <Checkbox.Group label={label} value={value} onChange={onChange}>
      <div className={styles.ticks}>
        {sources.map((one) => (
          <Checkbox key={one} value={one} label={t(`choice_${one}`)} />
        ))}
      </div>
    </Checkbox.Group>
  )
}
