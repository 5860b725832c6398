/** The shop itself. */

export const en = {
  shop: 'The shop',
  shop_reason: 'Set by whoever runs the server: see “Configuration” in the documentation.',
  shop_name: 'Name',
  shop_currency: 'Currency',
  shop_timezone: 'Time zone',
  shop_base_url: 'Address in messages',
}

export const ja = {
  shop: 'ショップ',
  shop_reason: 'サーバーの管理者が設定します。ドキュメントの「Configuration」をご覧ください。',
  shop_name: '名前',
  shop_currency: '通貨',
  shop_timezone: 'タイムゾーン',
  shop_base_url: 'メッセージ内のアドレス',
}
