import { defineTexts } from '@/language/texts'

export const useText = defineTexts('app', {
  en: {
    skip: 'Skip to the content',
    navigation: 'Main',
    menu: 'Menu',
    language: 'Language',
    appearance: 'Appearance',
    light: 'Light',
    dark: 'Dark',
    auto: 'As the device',
    log_out: 'Log out',
    not_found: 'There is nothing at this address',
    not_found_reason: 'It may have moved, or the address was cut short.',
    to_home: 'Go to Home',
  },
  ja: {
    skip: '本文へ移動',
    navigation: 'メイン',
    menu: 'メニュー',
    language: '言語',
    appearance: '表示',
    light: 'ライト',
    dark: 'ダーク',
    auto: '端末に合わせる',
    log_out: 'ログアウト',
    not_found: 'このアドレスには何もありません',
    not_found_reason: '移動したか、アドレスが途中で切れた可能性があります。',
    to_home: 'ホームへ',
  },
})
