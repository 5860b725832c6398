import { useQuery } from '@tanstack/react-query'
import { listSegmentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useLanguage } from '@/language/texts'
import { useText } from '../texts'
import type { Json } from '../tree'
import { nameOf } from '../words'
import { Amount, Choice, Text } from './basics'
import styles from './fields.module.css'
import { SuggestMany } from './Suggest'

interface Props {
  label: string
  value: Json
  onChange: (value: Json) => void
}

export function MeasureField({ label, value, onChange }: Props) {
  const t = useText()
  const chosen = value.on === 'column' ? String(value.column) : String(value.on)
  const starts: Record<string, Json> = {
    value_minor: { on: 'column', column: 'value_minor' },
    quantity: { on: 'column', column: 'quantity' },
    items: { on: 'items', total: 'quantity' },
    property: { on: 'property', path: [''] },
  }
  return (
    <div className={styles.pair}>
      <Choice
        label={label}
        value={chosen}
        options={[
          { value: 'value_minor', label: t('measure_value') },
          { value: 'quantity', label: t('measure_quantity') },
          { value: 'items', label: t('measure_items') },
          { value: 'property', label: t('measure_property') },
        ]}
        onChange={(next) => onChange(starts[next] ?? value)}
      />
      {value.on === 'property' && (
        <Text
          label={t('path')}
          value={((value.path as string[] | undefined) ?? []).join('.')}
          onChange={(path) => onChange({ ...value, path: path.split('.') })}
        />
      )}
    </div>
  )
}

const distinct = ['product_id', 'category', 'brand', 'store', 'coupon', 'device'] as const

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
        ...distinct.map((one) => ({ value: one as string, label: nameOf(t, 'choice', one) })),
        ...(['product_id', 'category'] as const).map((one) => ({
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

export function SegmentField({
  label,
  value,
  but,
  onChange,
}: {
  label: string
  value: string
  but?: string
  onChange: (value: string) => void
}) {
  const language = useLanguage()
  const found = useQuery(listSegmentsOptions()).data ?? []
  const options = found
    .filter((one) => one.id !== but)
    .map((one) => ({ value: one.id, label: language === 'ja' ? one.name_ja : one.name_en }))
  return (
    <Choice
      label={label}
      value={value}
      options={[{ value: '', label: '–' }, ...options]}
      onChange={onChange}
    />
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
  const said = new Map<string, string>(sources.map((one) => [t(`choice_${one}`), one]))
  return (
    <SuggestMany
      label={label}
      values={value.map((one) => nameOf(t, 'choice', one))}
      onChange={(next) => onChange(next.map((one) => said.get(one) ?? '').filter(Boolean))}
      choices={[...said.keys()]}
    />
  )
}
