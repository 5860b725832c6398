import { defineTexts } from '@/language/texts'

export const useText = defineTexts('broadcasts_everybody', {
  en: {
    label: 'All messages, made once before they go',
    begin: 'Make all {{audience}} messages once, to see whether anything is missing',
    going: 'Made {{done}} of {{audience}} messages…',
    stop: 'Stop looking',
    stopped_looking: 'Looked at {{done}} of {{audience}}.',
    all_well: 'All {{audience}} messages can be made, and nothing they read is missing.',
    all_made: 'All {{audience}} messages can be made.',
    all_tried: 'All {{audience}} messages were tried.',
    failed_one: 'For one person it cannot be made, who gets nothing.',
    failed_other: 'For {{count, number}} people it cannot be made: they get nothing.',
    held_one: 'The guard stops it for one person or more.',
    held_other: 'The guard stops it for {{count, number}} people or more.',
    missing_for: 'missing for {{missing}} of {{of}} people',
  },
  ja: {
    label: '送信前に、全員分を作って確かめる',
    begin: '{{audience}}通すべてを一度作り、足りない情報がないか確かめる',
    going: '{{audience}}通のうち{{done}}通を作りました…',
    stop: '確認をやめる',
    stopped_looking: '{{audience}}通のうち{{done}}通まで確かめました。',
    all_well: '{{audience}}通すべてを作れます。足りない情報もありません。',
    all_made: '{{audience}}通すべてを作れます。',
    all_tried: '{{audience}}通すべてを試しました。',
    failed_other: '{{count, number}}人には作れないため、届きません。',
    held_other: '少なくとも{{count, number}}人には、気配りガードが送信を止めます。',
    missing_for: '{{of}}人中{{missing}}人にありません',
  },
})
