export const en = {
  repeat_title: 'Coming back',
  repeat_reason:
    'Who bought a short while ago counts for as long as they could have come back, and no longer.',
  repeat_finding:
    '{{share}} of 100 who buy once come back within {{days}} days; half of them by day {{half}}.',
  repeat_basis: 'From {{people}} first purchases.',
  repeat_picture: 'Share that has bought again, by days since the purchase before',
  repeat_drawing: 'Bought again within 90 days: {{curves}}',
  nth_2: 'Second purchase',
  nth_3: 'Third purchase',
  nth_4: 'Fourth purchase',
  day_zero: '0',
  day_number: 'day {{day}}',
  by_day: 'Bought again by',
  purchase: 'Which',
  days_since: 'Days since the one before',
  bought_again: 'Bought again',
  watched: 'Still watched',
  due_title: 'Now is the time to ask them back',
  due_text:
    'Whoever bought once, {{from}} to {{to}} days ago, is in the days in which the other half comes back by itself, or does not.',
  make_due: 'Make a segment of them',
  due_name: 'Bought once, {{from}} to {{to}} days ago',
}

export const ja = {
  repeat_title: 'リピート',
  repeat_reason: '最近購入したばかりの方は、再購入できた期間の分だけ数えています。',
  repeat_finding:
    '1回購入した100人のうち{{share}}人が{{days}}日以内に再購入し、その半数は{{half}}日目までに戻ります。',
  repeat_basis: '初回購入{{people}}人をもとにしています。',
  repeat_picture: '前回の購入からの日数と、再購入した割合',
  repeat_drawing: '90日以内の再購入：{{curves}}',
  nth_2: '2回目の購入',
  nth_3: '3回目の購入',
  nth_4: '4回目の購入',
  day_zero: '0',
  day_number: '{{day}}日',
  by_day: '再購入した割合',
  purchase: '何回目',
  days_since: '前回からの日数',
  bought_again: '再購入した割合',
  watched: '観察中の人数',
  due_title: '今が、もう一度お誘いする時期です',
  due_text:
    '{{from}}〜{{to}}日前に1回だけ購入した方は、残りの半数が戻るかどうかの分かれ目にいます。',
  make_due: 'この方々をセグメントにする',
  due_name: '{{from}}〜{{to}}日前に1回だけ購入',
}
