export const en = {
  baskets_title: 'Bought together',
  baskets_reason: 'What goes into one order together more often than by chance.',
  baskets_finding:
    '{{share}} of 100 orders with {{from}} have {{to}} too: {{lift}} times as many as by chance.',
  baskets_basis:
    'From {{count, number}} orders of the last {{days}} days. {{pairs}} pairs were in at least {{fewest}} orders and were compared.',
  baskets_none: 'Nothing goes together for sure yet',
  baskets_none_how:
    'A pair is shown when it is in at least {{fewest}} orders, and together more often than chance explains. {{count, number}} orders of the last year name what was bought.',
  baskets_of: 'What is compared',
  products: 'Products',
  categories: 'Categories',
  pairs_picture: 'The surest pairs: how many times as often together as by chance',
  pairs_note:
    'The mark is the estimate, the pale bar where the true figure lies: with 95 %, for all pairs at once. The line begins at chance.',
  matrix_picture: 'How many times as often together as by chance',
  matrix_note:
    '1 is chance. Choose a cell for its figures, and for the people who have bought the one and not the other.',
  matrix_cell: '{{row}} and {{column}}: {{lift}} times as often as by chance',
  times: '× {{lift}}',
  of_hundred: '{{share}} of 100 orders',
  one: 'One',
  other: 'The other',
  lift: 'Times as often as by chance',
  pair_title: '{{from}} and {{to}}',
  orders_both: 'Orders with both',
  share_with: 'Of orders with {{name}}',
  than_chance: 'Against chance',
  times_between: '× {{lift}} (between {{low}} and {{high}})',
  make_without: 'Segment: bought {{has}}, never {{lacks}}',
  without_name: 'Bought {{has}}, never {{lacks}}',
}

export const ja = {
  baskets_title: '併せ買い',
  baskets_reason: '偶然より多く、1回の注文で一緒に買われるものです。',
  baskets_finding:
    '「{{from}}」の注文100件のうち{{share}}件に「{{to}}」も入っています。偶然の{{lift}}倍です。',
  baskets_basis:
    '直近{{days}}日の注文{{count, number}}件から。{{fewest}}件以上の注文に入っていた{{pairs}}組を比べました。',
  baskets_none: '確かな組み合わせは、まだありません',
  baskets_none_how:
    '{{fewest}}件以上の注文に入り、偶然では説明できないほど一緒に買われた組を表示します。商品がわかる注文は、この1年で{{count, number}}件です。',
  baskets_of: '比べるもの',
  products: '商品',
  categories: 'カテゴリー',
  pairs_picture: '最も確かな組み合わせ：偶然の何倍か',
  pairs_note: '濃い印が推定値、淡い帯は真の値がある範囲です（全組同時に95%）。線の左端が偶然です。',
  matrix_picture: '偶然の何倍、一緒に買われているか',
  matrix_note: '1が偶然です。マスを選ぶと、数字と、片方だけを購入した方が表示されます。',
  matrix_cell: '{{row}}と{{column}}：偶然の{{lift}}倍',
  times: '{{lift}}倍',
  of_hundred: '100件中{{share}}件',
  one: '片方',
  other: 'もう片方',
  lift: '偶然の何倍',
  pair_title: '「{{from}}」と「{{to}}」',
  orders_both: '両方を含む注文',
  share_with: '「{{name}}」の注文のうち',
  than_chance: '偶然と比べて',
  times_between: '{{lift}}倍（{{low}}〜{{high}}）',
  make_without: 'セグメント：「{{has}}」購入、「{{lacks}}」未購入',
  without_name: '「{{has}}」購入、「{{lacks}}」未購入',
}
