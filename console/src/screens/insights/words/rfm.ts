export const en = {
  rfm_title: 'Best customers',
  rfm_reason: 'Buyers by how lately they bought and how often.',
  rfm_finding:
    '{{people}} customers, {{share}} of all, bring {{value}} of revenue: {{orders}}, the last {{days}}.',
  rfm_silent_one:
    '{{count, number}} frequent buyer has been silent for {{days}} days or more; {{value}} of revenue came from them.',
  rfm_silent_other:
    '{{count, number}} frequent buyers have been silent for {{days}} days or more; {{value}} of revenue came from them.',
  rfm_picture_one: '{{count, number}} buyer by last order and number of orders',
  rfm_picture_other: '{{count, number}} buyers by last order and number of orders',
  rfm_colour: 'What the colour shows',
  by_value: 'Revenue',
  by_people: 'People',
  rfm_often: '↑ bought more often',
  rfm_lately: 'bought more lately',
  rfm_cell: '{{orders}}, last {{days}}: {{people}} people, {{share}} of revenue',
  rfm_name: '{{orders}}, last {{days}}',
  orders: 'Orders',
  last_order: 'Last order',
  orders_exactly_one: '{{count}} order',
  orders_exactly_other: '{{count}} orders',
  orders_between: '{{from}}–{{to}} orders',
  orders_over: '{{from}}+ orders',
  days_within: 'within {{to}} days',
  days_between: '{{from}}–{{to}} days ago',
  days_over: 'over {{from}} days ago',
}

export const ja = {
  rfm_title: '優良顧客',
  rfm_reason: '購入者を、最終購入の新しさと注文回数で見ます。',
  rfm_finding:
    '{{orders}}・最終購入{{days}}の{{people}}人（全体の{{share}}）が、売上の{{value}}を生んでいます。',
  rfm_silent_other:
    'よく購入していた{{count, number}}人が{{days}}日以上購入していません。売上の{{value}}を占めていた方々です。',
  rfm_picture_other: '購入者{{count, number}}人の最終購入日と注文回数',
  rfm_colour: '色の意味',
  by_value: '売上',
  by_people: '人数',
  rfm_often: '↑ 注文が多い',
  rfm_lately: '最近購入した',
  rfm_cell: '{{orders}}・最終購入{{days}}：{{people}}人、売上の{{share}}',
  rfm_name: '{{orders}}・最終購入{{days}}',
  orders: '注文',
  last_order: '最終購入',
  orders_exactly_other: '{{count}}回',
  orders_between: '{{from}}〜{{to}}回',
  orders_over: '{{from}}回以上',
  days_within: '{{to}}日以内',
  days_between: '{{from}}〜{{to}}日前',
  days_over: '{{from}}日以上前',
}
