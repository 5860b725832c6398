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
  { key: 'new_runs_low', kind: 'needs', start: { type: 'runs_low', within_days: 7 } },
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
  {
    key: 'new_stage',
    kind: 'needs',
    start: { type: 'prediction', trait: 'life_stage.', test: { type: 'is', value: '' } },
  },
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

/** Returns what a condition most likely began as, to call it by while it says nothing yet. */
export function choiceOf(leaf: Json): Choice | undefined {
  const like = choices.filter((one) => one.start.type === leaf.type)
  const key = { trait: 'new_attribute', event_count: 'new_count' }[String(leaf.type)]
  return (
    like.find((one) => leaf.trait && one.start.trait === leaf.trait) ??
    like.find((one) => one.key === key) ??
    like[0]
  )
}
