import { defineTexts } from '@/language/texts'
import * as account from './words/account'
import * as audit from './words/audit'
import * as common from './words/common'
import * as keys from './words/keys'
import * as members from './words/members'
import * as operations from './words/operations'
import * as shop from './words/shop'
import * as webhooks from './words/webhooks'

export const useText = defineTexts('settings', {
  en: {
    ...account.en,
    ...audit.en,
    ...common.en,
    ...keys.en,
    ...members.en,
    ...operations.en,
    ...shop.en,
    ...webhooks.en,
  },
  ja: {
    ...account.ja,
    ...audit.ja,
    ...common.ja,
    ...keys.ja,
    ...members.ja,
    ...operations.ja,
    ...shop.ja,
    ...webhooks.ja,
  },
})
