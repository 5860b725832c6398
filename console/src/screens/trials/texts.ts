import { defineTexts } from '@/language/texts'

export const useText = defineTexts('trials', {
  en: {
    test: 'Send a test',
    note: 'It goes to members alone, marked [Test]. Its links change nothing, and it is counted nowhere.',
    written_for: 'As this customer would get it',
    written_for_note: 'In the language this customer reads.',
    letter: 'Which letter',
    simulated: 'made up',
    members: 'Members',
    cancel: 'Cancel',
    send: 'Send the test',
    sent_one: 'Sent to {{addresses}}',
    sent_other: 'Sent to {{addresses}}',
    not_sent: 'Not sent to {{address}}: {{why}}',
    stopped: 'this customer would not get it',
  },
  ja: {
    test: 'テスト送信',
    note: '送信先は管理画面のメンバーだけです。件名に［テスト］と付き、リンクは何も変えず、集計にも入りません。',
    written_for: 'このお客様に届く内容で送る',
    written_for_note: 'そのお客様が読む言語で送ります。',
    letter: 'どの案か',
    simulated: '仮の名前',
    members: 'メンバー',
    cancel: 'やめる',
    send: 'テストを送る',
    sent_other: '{{addresses}}に送りました',
    not_sent: '{{address}}には送れませんでした：{{why}}',
    stopped: 'このお客様には送られない内容です',
  },
})
