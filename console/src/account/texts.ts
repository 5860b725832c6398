import { defineTexts } from '@/language/texts'

/** What log-in and settings both say. */
export const useText = defineTexts('account', {
  en: {
    email: 'E-mail address',
    password: 'Password',
    new_password: 'New password',
    password_rule:
      'At least 12 characters. Several unrelated words are easy to keep and hard to guess.',
    code: 'Code from the app, or a recovery code',
    cancel: 'Cancel',
    copy: 'Copy',
    copied: 'Copied',
    refused_wrong: 'These do not belong together. Check both and try again.',
    refused_code: 'This code is wrong, or was used already. Wait for the next one.',
    refused_password: 'The password is wrong.',
    refused_expired: 'This took too long. Begin again.',
    refused_rate: 'Too many tries. Wait a quarter of an hour.',
    refused_weak:
      'This password is too short, easily guessed, or has the shop’s name in it. Take several words that do not belong together.',
    refused_link: 'This link is used up or too old. Ask an admin for a new one.',
    refused_passkey: 'Passkeys do not work at this address.',
    refused_passkey_cancelled: 'The passkey was not given.',
    refused_last_admin: 'This is the last admin. Make somebody else an admin before this.',
    refused_taken: 'This is there already.',
  },
  ja: {
    email: 'メールアドレス',
    password: 'パスワード',
    new_password: '新しいパスワード',
    password_rule:
      '12文字以上。つながりのない言葉をいくつか並べると、覚えやすく推測されにくくなります。',
    code: 'アプリのコード、または予備コード',
    cancel: 'キャンセル',
    copy: 'コピー',
    copied: 'コピーしました',
    refused_wrong: 'アドレスとパスワードの組み合わせが違います。両方を確かめてください。',
    refused_code: 'コードが違うか、すでに使われています。次のコードをお待ちください。',
    refused_password: 'パスワードが違います。',
    refused_expired: '時間が過ぎました。最初からやり直してください。',
    refused_rate: '試行が多すぎます。15分ほどお待ちください。',
    refused_weak:
      '短すぎるか、推測されやすいか、ショップの名前などが入っています。つながりのない言葉をいくつか並べてください。',
    refused_link: 'このリンクは使用済みか期限切れです。管理者に新しいリンクを頼んでください。',
    refused_passkey: 'このアドレスではパスキーを使えません。',
    refused_passkey_cancelled: 'パスキーは使われませんでした。',
    refused_last_admin: '最後の管理者です。先にほかの人を管理者にしてください。',
    refused_taken: 'すでにあります。',
  },
})
