import type { Key } from './texts'

export type Control =
  | 'event' // type of event
  | 'filters'
  | 'steps'
  | 'events' // event with filters, as one object
  | 'attribute'
  | 'test' // of the attribute named beside it, or of `values`
  | 'window'
  | 'duration'
  | 'count'
  | 'range'
  | 'measure'
  | 'distinct'
  | 'choice'
  | 'number'
  | 'text'
  | 'segment'
  | 'list'
  | 'side' // top or bottom percent
  | 'provenance'

/** One field of a condition: where it is kept, how it is edited. */
export interface Field {
  key: string
  as: Control
  label: Key
  /** For `choice`: values, said as `choice_<value>`. */
  options?: readonly string[]
  isOptional?: boolean
  unit?: 'times' | 'money' | 'percent' | 'years' | 'kinds' | 'km' | 'days' | 'intervals'
  min?: number
  max?: number
}

const where: Field = { key: 'where', as: 'filters', label: 'where', isOptional: true }
const event: Field = { key: 'event', as: 'event', label: 'event' }
const window: Field = { key: 'window', as: 'window', label: 'window' }
const value: Field = { key: 'test', as: 'test', label: 'value' }
const confidence: Field = {
  key: 'min_confidence',
  as: 'number',
  label: 'min_confidence',
  isOptional: true,
  min: 0,
  max: 1,
}
const leapDay: Field = {
  key: 'february_29',
  as: 'choice',
  label: 'february_29',
  options: ['feb_28', 'mar_1'],
  isOptional: true,
}
const channels = ['email', 'sms', 'line', 'whatsapp', 'web_push', 'app_push'] as const

/** How each type of condition is edited: one table, no forms. */
export const fieldsOf: Record<string, Field[]> = {
  everyone: [],
  trait: [
    { key: 'trait', as: 'attribute', label: 'attribute' },
    value,
    { key: 'provenance', as: 'provenance', label: 'provenance', isOptional: true },
    confidence,
  ],
  prediction: [{ key: 'trait', as: 'attribute', label: 'prediction' }, value, confidence],
  age: [
    { key: 'trait', as: 'attribute', label: 'date_attribute' },
    { key: 'age', as: 'count', label: 'age', unit: 'years' },
    { key: 'unit', as: 'choice', label: 'unit', options: ['years', 'months'] },
    leapDay,
  ],
  anniversary: [
    { key: 'trait', as: 'attribute', label: 'date_attribute' },
    { key: 'from', as: 'number', label: 'from_day', unit: 'days', min: -180, max: 180 },
    { key: 'to', as: 'number', label: 'to_day', unit: 'days', min: -180, max: 180 },
    { ...leapDay, options: ['feb_28', 'mar_1', 'leap_years_only'] },
  ],
  place: [
    {
      key: 'field',
      as: 'choice',
      label: 'field',
      options: ['country', 'region', 'postal_code', 'timezone'],
    },
    value,
    { key: 'source', as: 'choice', label: 'source', options: ['trait', 'last_visit'] },
  ],
  near: [
    { key: 'latitude', as: 'number', label: 'latitude', min: -85, max: 85 },
    { key: 'longitude', as: 'number', label: 'longitude', min: -180, max: 180 },
    { key: 'within_km', as: 'number', label: 'within_km', unit: 'km', min: 0.1, max: 500 },
  ],
  event_count: [event, { key: 'count', as: 'count', label: 'count', unit: 'times' }, window, where],
  event_aggregate: [
    { key: 'function', as: 'choice', label: 'function', options: ['sum', 'avg', 'min', 'max'] },
    { key: 'of', as: 'measure', label: 'measure' },
    event,
    { key: 'value', as: 'range', label: 'amount' },
    window,
    where,
  ],
  percentile: [
    { key: 'top_percent', as: 'side', label: 'side' },
    { key: 'function', as: 'choice', label: 'function', options: ['sum', 'avg', 'min', 'max'] },
    { key: 'of', as: 'measure', label: 'measure' },
    event,
    window,
    where,
  ],
  distinct_count: [
    event,
    { key: 'of', as: 'distinct', label: 'distinct' },
    { key: 'count', as: 'count', label: 'count', unit: 'kinds' },
    window,
    where,
  ],
  repeated: [
    event,
    { key: 'of', as: 'distinct', label: 'same' },
    { key: 'times', as: 'number', label: 'count', unit: 'times', min: 2, max: 10_000 },
    window,
    where,
  ],
  event_ratio: [
    { key: 'part', as: 'events', label: 'part' },
    { key: 'whole', as: 'events', label: 'whole' },
    { key: 'percent', as: 'range', label: 'percent', unit: 'percent' },
    window,
  ],
  recency: [
    event,
    { key: 'within', as: 'duration', label: 'within', isOptional: true },
    { key: 'more_than', as: 'duration', label: 'more_than', isOptional: true },
    where,
  ],
  runs_low: [
    { key: 'within_days', as: 'number', label: 'within_after', unit: 'days', min: 1, max: 28 },
    { key: 'category', as: 'text', label: 'choice_category', isOptional: true },
    { key: 'product_id', as: 'text', label: 'choice_product_id', isOptional: true },
    confidence,
  ],
  due: [
    event,
    { key: 'intervals', as: 'range', label: 'intervals', unit: 'intervals' },
    { key: 'events', as: 'number', label: 'at_least_events', min: 2, max: 1_000 },
    window,
    where,
  ],
  first_event: [
    event,
    window,
    { ...where, key: 'where', label: 'like' },
    { ...where, key: 'among', label: 'among' },
  ],
  last_event: [
    event,
    window,
    { ...where, key: 'where', label: 'like' },
    { ...where, key: 'among', label: 'among' },
  ],
  sequence: [
    { key: 'steps', as: 'steps', label: 'steps' },
    { key: 'within', as: 'duration', label: 'all_within' },
    window,
  ],
  not_followed: [
    { key: 'first', as: 'events', label: 'first' },
    { key: 'by', as: 'events', label: 'by' },
    { key: 'within', as: 'duration', label: 'within_after' },
    window,
  ],
  cart: [
    { key: 'value', as: 'range', label: 'cart_value', unit: 'money', isOptional: true },
    { key: 'idle', as: 'duration', label: 'idle', isOptional: true },
    { key: 'lookback', as: 'duration', label: 'lookback', isOptional: true },
  ],
  searched: [{ key: 'text', as: 'text', label: 'search_text' }, window],
  technology: [
    { key: 'field', as: 'choice', label: 'field', options: ['device', 'os', 'browser', 'app'] },
    value,
    window,
  ],
  acquired: [
    {
      key: 'field',
      as: 'choice',
      label: 'field',
      options: ['acquisition_channel', 'utm_source', 'utm_medium', 'utm_campaign'],
    },
    value,
  ],
  reachable: [{ key: 'channel', as: 'choice', label: 'channel', options: channels }],
  suppressed: [{ key: 'channel', as: 'choice', label: 'channel', options: channels }],
  consent: [
    {
      key: 'purpose',
      as: 'choice',
      label: 'purpose',
      options: ['marketing', 'tracking', 'profiling', 'enrichment'],
    },
    { key: 'channel', as: 'choice', label: 'channel', options: channels, isOptional: true },
    {
      key: 'status',
      as: 'choice',
      label: 'status',
      options: ['granted', 'denied', 'withdrawn', 'unknown'],
    },
  ],
  segment: [{ key: 'segment', as: 'segment', label: 'segment' }],
  list: [{ key: 'list', as: 'list', label: 'list' }],
}
