import type { Key } from './texts'
import type { Json } from './tree'

/** The seven kinds of segmentation, what may be sent, and what is defined elsewhere. */
export const kinds = [
  'demographic',
  'psychographic',
  'geographic',
  'behavioural',
  'needs',
  'value',
  'technographic',
  'permission',
  'others',
] as const
export type Kind = (typeof kinds)[number]

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

export interface Choice {
  key: Key
  kind: Kind
  /** What a new condition begins as. */
  start: Json
}

const days = (n: number): Json => ({ type: 'last', duration: { days: n } })
const order = { event: 'Order Completed' }
const money = { on: 'column', column: 'value_minor' }
const coupon = [{ on: 'column', column: 'coupon', test: { type: 'is_set' } }]
const attribute = (trait: string, test: Json = { type: 'is', value: '' }): Json => ({
  type: 'trait',
  trait,
  test,
})

/** What can be added, in a marketer's words: several ways into one type of condition. */
export const choices: Choice[] = [
  { key: 'new_gender', kind: 'demographic', start: attribute('gender') },
  {
    key: 'new_age',
    kind: 'demographic',
    start: { type: 'age', age: { at_least: 20, at_most: 29 } },
  },
  {
    key: 'new_birthday',
    kind: 'demographic',
    start: { type: 'anniversary', trait: 'birthday', from: 0, to: 6 },
  },
  { key: 'new_language', kind: 'demographic', start: attribute('language') },
  { key: 'new_attribute', kind: 'demographic', start: attribute('') },
  {
    key: 'new_interest',
    kind: 'psychographic',
    start: attribute('interests', { type: 'list_contains', text: '' }),
  },
  {
    key: 'new_answer',
    kind: 'psychographic',
    start: { type: 'event_count', event: '', count: { at_least: 1 } },
  },
  {
    key: 'new_value',
    kind: 'psychographic',
    start: { ...attribute(''), provenance: ['declared'] },
  },
  {
    key: 'new_country',
    kind: 'geographic',
    start: { type: 'place', field: 'country', test: { type: 'is', value: 'JP' } },
  },
  { key: 'new_prefecture', kind: 'geographic', start: attribute('prefecture') },
  {
    key: 'new_postal',
    kind: 'geographic',
    start: { type: 'place', field: 'postal_code', test: { type: 'starts_with', text: '' } },
  },
  {
    key: 'new_near',
    kind: 'geographic',
    start: { type: 'near', latitude: 35.681, longitude: 139.767, within_km: 30 },
  },
  {
    key: 'new_zone',
    kind: 'geographic',
    start: { type: 'place', field: 'timezone', test: { type: 'is', value: '' } },
  },
  {
    key: 'new_count',
    kind: 'behavioural',
    start: { type: 'event_count', ...order, count: { at_least: 1 }, window: days(30) },
  },
  {
    key: 'new_never',
    kind: 'behavioural',
    start: { type: 'event_count', ...order, count: { at_most: 0 }, window: days(90) },
  },
  {
    key: 'new_recency',
    kind: 'behavioural',
    start: { type: 'recency', ...order, more_than: { days: 60 } },
  },
  {
    key: 'new_first',
    kind: 'behavioural',
    start: { type: 'first_event', ...order, window: days(30) },
  },
  { key: 'new_last', kind: 'behavioural', start: { type: 'last_event', ...order, where: coupon } },
  {
    key: 'new_sequence',
    kind: 'behavioural',
    start: {
      type: 'sequence',
      steps: [{ event: 'Product Viewed' }, { event: 'Product Added' }],
      within: { days: 1 },
    },
  },
  {
    key: 'new_not_followed',
    kind: 'behavioural',
    start: {
      type: 'not_followed',
      first: { event: 'Product Added' },
      by: order,
      within: { hours: 4 },
      window: days(7),
    },
  },
  {
    key: 'new_searched',
    kind: 'behavioural',
    start: { type: 'searched', text: '', window: days(30) },
  },
  {
    key: 'new_distinct',
    kind: 'behavioural',
    start: {
      type: 'distinct_count',
      of: { on: 'column', column: 'category' },
      event: 'Product Viewed',
      count: { at_least: 3 },
      window: days(90),
    },
  },
  {
    key: 'new_clicked',
    kind: 'behavioural',
    start: {
      type: 'event_count',
      event: 'Email Link Clicked',
      count: { at_least: 1 },
      window: days(90),
    },
  },
  { key: 'new_due', kind: 'needs', start: { type: 'due', ...order, intervals: { at_least: 1 } } },
  {
    key: 'new_trouble',
    kind: 'needs',
    start: {
      type: 'not_followed',
      first: { event: 'Checkout Started' },
      by: order,
      within: { hours: 4 },
      window: days(7),
    },
  },
  {
    key: 'new_repeated',
    kind: 'needs',
    start: {
      type: 'repeated',
      of: { on: 'item', field: 'product_id' },
      times: 2,
      ...order,
      window: days(365),
    },
  },
  { key: 'new_stage', kind: 'needs', start: attribute('life_stage') },
  {
    key: 'new_spent',
    kind: 'value',
    start: {
      type: 'event_aggregate',
      function: 'sum',
      of: money,
      ...order,
      value: { at_least: 10000 },
      window: days(365),
    },
  },
  {
    key: 'new_average',
    kind: 'value',
    start: {
      type: 'event_aggregate',
      function: 'avg',
      of: money,
      ...order,
      value: { at_least: 5000 },
    },
  },
  {
    key: 'new_top',
    kind: 'value',
    start: {
      type: 'percentile',
      function: 'sum',
      of: money,
      ...order,
      top_percent: 10,
      window: days(365),
    },
  },
  {
    key: 'new_cart',
    kind: 'value',
    start: { type: 'cart', value: { more_than: 0 }, idle: { hours: 4 } },
  },
  {
    key: 'new_discount',
    kind: 'value',
    start: {
      type: 'event_ratio',
      part: { ...order, where: coupon },
      whole: order,
      percent: { at_least: 50 },
    },
  },
  {
    key: 'new_prediction',
    kind: 'value',
    start: { type: 'prediction', trait: '', test: { type: 'number', at_least: 0.5 } },
  },
  {
    key: 'new_device',
    kind: 'technographic',
    start: {
      type: 'technology',
      field: 'device',
      test: { type: 'is', value: 'mobile' },
      window: days(90),
    },
  },
  {
    key: 'new_system',
    kind: 'technographic',
    start: { type: 'technology', field: 'os', test: { type: 'is', value: '' }, window: days(90) },
  },
  {
    key: 'new_browser',
    kind: 'technographic',
    start: {
      type: 'technology',
      field: 'browser',
      test: { type: 'is', value: '' },
      window: days(90),
    },
  },
  {
    key: 'new_acquired',
    kind: 'technographic',
    start: { type: 'acquired', field: 'acquisition_channel', test: { type: 'is', value: '' } },
  },
  { key: 'new_reachable', kind: 'permission', start: { type: 'reachable', channel: 'email' } },
  {
    key: 'new_consent',
    kind: 'permission',
    start: { type: 'consent', purpose: 'marketing', channel: 'email', status: 'granted' },
  },
  { key: 'new_suppressed', kind: 'permission', start: { type: 'suppressed', channel: 'email' } },
  { key: 'new_segment', kind: 'others', start: { type: 'segment', segment: '' } },
  { key: 'new_list', kind: 'others', start: { type: 'list', list: '' } },
  { key: 'new_everyone', kind: 'others', start: { type: 'everyone' } },
]
