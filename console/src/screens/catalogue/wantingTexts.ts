import { defineTexts } from '@/language/texts'

export const useWantingText = defineTexts('wanting', {
  en: {
    wanting: 'Who would most likely want it',
    wanting_note:
      'By what they bought, saved and looked at that is like it. Without those who have it, those who said it is not for them, and those who object to being chosen by what they do.',
    wanting_none: 'Nobody has done anything with a product like this yet.',
    wanting_more: 'Counted among the first 20,000 only.',
    wanting_first: 'The first of them',
    is_strong: 'Strong',
    is_fair: 'Fair',
    is_slight: 'Slight',
    is_strong_note: 'Bought or saved something nearly the same',
    is_fair_note: 'Looked at that, or bought something of the kind',
    is_slight_note: 'Less than that',
    keep_name: 'For {{name}}',
    keep_size: 'People',
    keep_called: 'Name of the segment',
    keep_do: 'Make a segment of them',
  },
  ja: {
    wanting: 'この商品を求めていそうなお客様',
    wanting_note:
      '似た商品の購入、お気に入り、閲覧から選びます。すでにお持ちの方、「興味がない」とされた方、行動による選定に異議を申し立てた方は含みません。',
    wanting_none: 'まだ、似た商品に触れたお客様がいません。',
    wanting_more: '上位20,000人の中での人数です。',
    wanting_first: '上位のお客様',
    is_strong: '強い',
    is_fair: '中くらい',
    is_slight: '弱い',
    is_strong_note: 'ほぼ同じ商品を購入、または保存',
    is_fair_note: 'ほぼ同じ商品を閲覧、または同じ種類を購入',
    is_slight_note: 'それより少ない',
    keep_name: '「{{name}}」のご案内先',
    keep_size: '人数',
    keep_called: 'セグメントの名前',
    keep_do: 'セグメントを作る',
  },
})
