import { defineTexts } from '@/language/texts'

export const useText = defineTexts('broadcasts_everybody', {
  en: {
    label: 'Every message, made once before it goes',
    begin: 'Make all {{audience}} messages once, to see whether anything is missing',
    going: 'Made {{done}} of {{audience}} messages…',
    stop: 'Stop looking',
    stopped_looking: 'Looked at {{done}} of {{audience}}.',
    all_well: 'All {{audience}} messages can be made, and nothing they read is missing.',
    all_made: 'All {{audience}} messages can be made.',
    all_tried: 'All {{audience}} messages were tried.',
    failed: 'For {{count}} people it cannot be made: they get nothing.',
    held: 'The guard stops it for {{count}} people or more.',
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
    failed: '{{count}}人には作れないため、届きません。',
    held: '少なくとも{{count}}人には、気配りガードが送信を止めます。',
    missing_for: '{{of}}人中{{missing}}人にありません',
  },
})
