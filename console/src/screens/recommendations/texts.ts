import { defineTexts } from '@/language/texts'
import { strategies } from '../editor/words/strategies'
import { strategyFields } from '../editor/words/strategyFields'

export const useText = defineTexts('recommendations', {
  en: {
    ...strategies.en,
    ...strategyFields.en,
    lead: 'What would be shown now',
    lead_note: 'Made this moment, as a message would. Nothing is sent, and nothing is kept of it.',
    strategy: 'What to show',
    fill_up: 'Fill up with other products where there are too few',
    nothing: 'Nothing is found that way',
    nothing_how:
      'A message shows what was written for this case, or leaves the list out. Filling up shows what would come instead.',
    nothing_suggested_how:
      'A message leaves the list out. Words are shown once at least 20 people were led to products by them.',
    filled_up: 'There were too few, so it was filled up: {{names}}.',
    supplied_by: 'from “{{name}}”',
    not_learned:
      'Nothing is learned from purchases yet: what rests on them is empty until the first model is ready.',
    list_separator: ', ',
    around: 'What is recommended around it',
    around_note: 'To whom it is shown, rules and purchases of their own leave out more.',
    around_goes_with: 'Goes with it',
    around_similar: 'Similar, not cheaper',
    around_next_after: 'Bought next',
    around_none:
      'Too few people have bought it for telling what goes with it, and nothing is like it at its price.',
    share: '{{share}} of its buyers',
  },
  ja: {
    ...strategies.ja,
    ...strategyFields.ja,
    lead: 'いま表示されるもの',
    lead_note: 'メッセージと同じ選び方で、いま作ったものです。送信も記録もされません。',
    strategy: '何を表示するか',
    fill_up: '足りないときは、ほかの商品で補う',
    nothing: 'この選び方では、見つかりません',
    nothing_how:
      'メッセージでは、この場合のために書いた言葉が出るか、商品の欄ごと消えます。「補う」を選ぶと、代わりに何が出るかが分かります。',
    nothing_suggested_how:
      'メッセージでは、欄ごと消えます。検索ワードは、20人以上がその言葉で商品にたどり着くと出ます。',
    filled_up: '足りなかったため、補いました：{{names}}',
    supplied_by: '「{{name}}」から',
    not_learned:
      'まだ購入から学習していません。購入をもとにする選び方は、最初のモデルができるまで空です。',
    list_separator: '、',
    around: 'この商品から選ばれるもの',
    around_note: 'お客様ごとに、お店の決まりやご本人の購入によって、さらに除かれるものがあります。',
    around_goes_with: '一緒に買われる',
    around_similar: '似ている（価格は同じか上）',
    around_next_after: '次に買われる',
    around_none:
      '一緒に買われる商品が分かるほど購入した方がなく、同じ価格帯に似た商品もありません。',
    share: '購入者の{{share}}',
  },
})
