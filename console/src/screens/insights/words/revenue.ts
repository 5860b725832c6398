export const en = {
  revenue_title: 'New and returning',
  revenue_reason:
    'Returning is who had bought in a month before. In the first month of your data everybody looks new.',
  revenue_finding:
    '{{share}} of every 100 earned from {{from}} to {{to}} came from returning customers.',
  revenue_picture: 'Revenue of new and returning customers, by month',
  month: 'Month',
  new: 'New',
  returning: 'Returning',
  month_cell: '{{month}}: {{returning}} from returning, {{fresh}} from new customers',
  month_cell_running:
    '{{month}} so far: {{returning}} from returning, {{fresh}} from new customers',
  new_people: 'New customers',
  new_value: 'Revenue of new',
  returning_people: 'Returning customers',
  returning_value: 'Revenue of returning',
}

export const ja = {
  revenue_title: '新規と既存',
  revenue_reason:
    '既存とは、前の月までに購入したことのある方です。データの最初の月は、全員が新規に見えます。',
  revenue_finding: '{{from}}から{{to}}の売上の{{share}}%は、既存のお客様によるものです。',
  revenue_picture: '月ごとの売上：新規と既存',
  month: '月',
  new: '新規',
  returning: '既存',
  month_cell: '{{month}}：既存{{returning}}、新規{{fresh}}',
  month_cell_running: '{{month}}（途中）：既存{{returning}}、新規{{fresh}}',
  new_people: '新規の人数',
  new_value: '新規の売上',
  returning_people: '既存の人数',
  returning_value: '既存の売上',
}
