import { defineTexts } from '@/language/texts'

/** What the usual values of traits are called; others stand as they were stated. */
export const useValueWords = defineTexts('profile-values', {
  en: {
    'gender female': 'Female',
    'gender male': 'Male',
    'gender other': 'Other',
    'gender non_binary': 'Non-binary',
    'acquisition_channel direct': 'Direct visit',
    'acquisition_channel email': 'E-mail',
    'acquisition_channel organic_search': 'Search',
    'acquisition_channel paid_search': 'Search advertisement',
    'acquisition_channel social': 'Social media',
    'acquisition_channel referral': 'Referral',
    'acquisition_channel affiliate': 'Affiliate',
    'acquisition_channel store': 'Store',
  },
  ja: {
    'gender female': '女性',
    'gender male': '男性',
    'gender other': 'その他',
    'gender non_binary': 'ノンバイナリー',
    'acquisition_channel direct': '直接訪問',
    'acquisition_channel email': 'メール',
    'acquisition_channel organic_search': '検索',
    'acquisition_channel paid_search': '検索広告',
    'acquisition_channel social': 'SNS',
    'acquisition_channel referral': '紹介',
    'acquisition_channel affiliate': 'アフィリエイト',
    'acquisition_channel store': '店舗',
  },
})
