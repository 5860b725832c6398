/** Where data comes from, and what was refused. */

export const en = {
  rejected_title_none: 'No event was refused',
  rejected_title_one: '{{count, number}} event was refused',
  rejected_title_other: '{{count, number}} events were refused',
  rejected_reason: 'The newest 100,000 are kept, with their shape but not their values.',
  rejected_none_how: 'Refused events are listed here with the reason.',
  reason: 'Reason',
  source: 'Source',
  shape: 'Shape',
  show_shape: 'Show',
  by_reason: 'By reason',

  sources_title_one: 'Events come from {{count, number}} source',
  sources_title_other: 'Events come from {{count, number}} sources',
  sources_reason: 'Write keys are in Settings.',
  kind_server: 'server',
  kind_browser: 'browser',
  events_count: 'Events',
  refused_count: 'Refused',
  sources_none: 'No source yet',
  sources_none_how: 'Make one in Settings or with “kikubari sources create”.',
}

export const ja = {
  rejected_title_none: '拒否されたイベントはありません',
  rejected_title_other: '{{count, number}}件のイベントが拒否されました',
  rejected_reason: '最新の10万件を、値を除いた形だけで保存しています。',
  rejected_none_how: '拒否されたイベントは、理由とともにここに表示されます。',
  reason: '理由',
  source: 'ソース',
  shape: '形',
  show_shape: '表示',
  by_reason: '理由別',

  sources_title_other: '{{count, number}}個のソースからイベントが届きます',
  sources_reason: '書き込みキーは設定にあります。',
  kind_server: 'サーバー',
  kind_browser: 'ブラウザー',
  events_count: 'イベント',
  refused_count: '拒否',
  sources_none: 'ソースはまだありません',
  sources_none_how: '設定または「kikubari sources create」で作成してください。',
}
