/** What an event has in columns of its own, the most wanted first. */
export const textColumns = [
  'category',
  'brand',
  'product_id',
  'coupon',
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
] as const
export const numberColumns = ['value_minor', 'quantity', 'is_machine'] as const
export const itemTexts = ['product_id', 'category'] as const
export const itemFields = ['category', 'product_id', 'price_minor', 'quantity'] as const
