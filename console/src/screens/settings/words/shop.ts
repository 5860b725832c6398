/** The shop itself, and its list of suppressed addresses. */

export const en = {
  shop: 'The shop',
  shop_reason: 'Set by whoever runs the server: see “Configuration” in the documentation.',
  shop_name: 'Name',
  shop_currency: 'Currency',
  shop_timezone: 'Time zone',
  shop_base_url: 'Address in messages',
  suppressions: 'Never mailed',
  suppressions_note:
    'Whatever their consent says. Addresses are kept as hashes: the list names nobody, and an import cannot revive them.',
  suppressions_empty: 'Nobody is on the list',
  suppressions_empty_reason:
    'Who unsubscribes, complains or cannot be reached comes here by itself.',
  suppression_reason: 'Why',
  suppressed_unsubscribed: 'Unsubscribed',
  suppressed_complained: 'Marked as spam',
  suppressed_bounced: 'Does not exist',
  suppressed_imported: 'Imported',
  suppressed_manual: 'By hand',
  suppress: 'Never mail',
  suppression_lift: 'Mail again',
  suppression_added: '{{address}} is not mailed any more.',
  suppression_lifted: '{{address}} is off the list.',
}

export const ja = {
  shop: 'ショップ',
  shop_reason: 'サーバーの管理者が設定します。ドキュメントの「Configuration」をご覧ください。',
  shop_name: '名前',
  shop_currency: '通貨',
  shop_timezone: 'タイムゾーン',
  shop_base_url: 'メッセージ内のアドレス',
  suppressions: '送信しないアドレス',
  suppressions_note:
    '同意の有無にかかわらず送りません。ハッシュで保存するので名前は残らず、取り込みで復活することもありません。',
  suppressions_empty: '登録されているアドレスはありません',
  suppressions_empty_reason: '配信停止、迷惑メール報告、届かないアドレスは自動で登録されます。',
  suppression_reason: '理由',
  suppressed_unsubscribed: '配信停止',
  suppressed_complained: '迷惑メール報告',
  suppressed_bounced: '存在しないアドレス',
  suppressed_imported: '取り込み',
  suppressed_manual: '手動',
  suppress: '送信しない',
  suppression_lift: '送信を再開',
  suppression_added: '{{address}} には送信しません。',
  suppression_lifted: '{{address}} をリストから外しました。',
}
