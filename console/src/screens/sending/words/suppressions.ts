/** Addresses that are not mailed, whatever their consent says. */

export const en = {
  suppressed_count_one: '{{count, number}} address is never mailed',
  suppressed_count_other: '{{count, number}} addresses are never mailed',
  suppressed_none: 'No address is kept from your mail',
  suppressions_reason:
    'Whatever their consent says. Addresses are kept as hashes: the list names nobody, outlasts an erasure, and no import revives what is on it.',
  suppressions: 'The list',
  suppressions_empty: 'Nobody is on the list',
  suppressions_empty_reason:
    'Who unsubscribes, complains or cannot be reached comes here by itself.',
  since: 'Since',
  reason: 'Why',
  all_reasons: 'All reasons',
  holds_for: 'Holds for',
  holds_everything: 'everything',
  holds_marketing: 'marketing',
  suppressed_unsubscribed: 'Unsubscribed',
  suppressed_complained: 'Marked as spam',
  suppressed_bounced: 'Does not exist',
  suppressed_imported: 'Imported',
  suppressed_manual: 'By hand',
  one_address: 'One address',
  one_address_note:
    'Any spelling of it. Only an administrator takes an address off the list, for all reasons at once, and the log keeps who did. A new consent of the person’s own lifts an unsubscribe, and nothing else.',
  address: 'E-mail address',
  look_up: 'Look up',
  suppress: 'Never mail',
  lift: 'Mail again',
  lift_title: 'Mail {{address}} again?',
  lift_what:
    'It comes off the list for all reasons. Mailing somebody who complained or unsubscribed is against the law without a new consent of theirs.',
  not_listed: '{{address}} is not on the list.',
  listed: '{{address}}: {{reasons}}',
  suppressed_now: '{{address}} is not mailed any more.',
  lifted: '{{address}} is off the list.',
}

export const ja = {
  suppressed_count_other: '{{count, number}}件のアドレスには送信しません',
  suppressed_none: '送信を止めているアドレスはありません',
  suppressions_reason:
    '同意の有無にかかわらず送りません。ハッシュで保存するので名前は残らず、個人情報の消去後も有効で、取り込みで復活することもありません。',
  suppressions: '一覧',
  suppressions_empty: '登録されているアドレスはありません',
  suppressions_empty_reason: '配信停止、迷惑メール報告、届かないアドレスは自動で登録されます。',
  since: '登録日時',
  reason: '理由',
  all_reasons: 'すべての理由',
  holds_for: '対象',
  holds_everything: 'すべて',
  holds_marketing: 'マーケティング',
  suppressed_unsubscribed: '配信停止',
  suppressed_complained: '迷惑メール報告',
  suppressed_bounced: '存在しないアドレス',
  suppressed_imported: '取り込み',
  suppressed_manual: '手動',
  one_address: 'アドレスを指定',
  one_address_note:
    '表記の違いは問いません。一覧から外せるのは管理者だけで、すべての理由がまとめて外れ、実行した人が記録に残ります。ご本人の新しい同意で外れるのは配信停止だけです。',
  address: 'メールアドレス',
  look_up: '調べる',
  suppress: '送信しない',
  lift: '送信を再開',
  lift_title: '{{address}} への送信を再開しますか？',
  lift_what:
    'すべての理由が外れます。迷惑メール報告や配信停止をした人に、新しい同意なく送ることは法律に反します。',
  not_listed: '{{address}} は登録されていません。',
  listed: '{{address}}：{{reasons}}',
  suppressed_now: '{{address}} には送信しません。',
  lifted: '{{address}} を一覧から外しました。',
}
