export const en = {
  cohorts_title: 'Month by month',
  cohorts_reason:
    'Customers by the month of their first purchase, and how many of them bought in each month after.',
  cohorts_finding:
    'In the month after their first purchase {{first}} of customers buy; {{count}} months after it is {{later}}.',
  cohorts_finding_first:
    'In the month after their first purchase {{first}} of customers buy again.',
  cohorts_picture: 'Share of customers who bought, by months after the first purchase',
  cohorts_colour: 'What the cells show',
  by_share: 'Share who bought',
  by_head: 'Revenue a head',
  cohorts_note:
    'Striped: the month is not over yet. In the first month of your data old customers look new. Choose a cell for its figures and its people.',
  first_purchase: 'First purchase',
  same_month: 'same',
  months_after: '+{{after}}',
  months_later: 'Months later',
  bought: 'Bought',
  cohort_size: 'First bought then',
  cohort_cell:
    'First bought in {{month}}, {{after}} months later: {{share}} bought, {{value}} a head',
  cohort_cell_running:
    'First bought in {{month}}, {{after}} months later: {{share}} bought so far, {{value}} a head',
  cohort_title: 'First bought in {{month}}, looked at in {{later}}',
  cohort_name: 'First bought in {{month}}',
  make_cohort: 'Make a segment of the whole month',
  make_never_back: 'Make a segment of those who never came back',
  never_back_name: 'First bought in {{month}}, never again',
}

export const ja = {
  cohorts_title: '月別の継続',
  cohorts_reason: '初回購入の月ごとに、その後の各月に購入した割合を見ます。',
  cohorts_finding: '初回購入の翌月に{{first}}、{{count}}か月後には{{later}}の方が購入しています。',
  cohorts_finding_first: '初回購入の翌月に{{first}}の方が再び購入しています。',
  cohorts_picture: '初回購入からの月数と、購入した割合',
  cohorts_colour: '表示する値',
  by_share: '購入した割合',
  by_head: '1人あたり売上',
  cohorts_note:
    '斜線は、まだ終わっていない月です。データの最初の月は、以前からのお客様も新規に見えます。マスを選ぶと、数字と対象者が表示されます。',
  first_purchase: '初回購入',
  same_month: '当月',
  months_after: '+{{after}}',
  months_later: '何か月後',
  bought: '購入した人数',
  cohort_size: '初回購入者',
  cohort_cell: '初回購入{{month}}の{{after}}か月後：{{share}}が購入、1人あたり{{value}}',
  cohort_cell_running:
    '初回購入{{month}}の{{after}}か月後：これまでに{{share}}が購入、1人あたり{{value}}',
  cohort_title: '初回購入{{month}}の方の、{{later}}の様子',
  cohort_name: '初回購入が{{month}}',
  make_cohort: 'この月の全員をセグメントにする',
  make_never_back: '戻っていない方をセグメントにする',
  never_back_name: '初回購入が{{month}}、その後購入なし',
}
