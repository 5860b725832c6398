import { defineTexts } from './texts'

const useText = defineTexts('purposes', {
  en: {
    marketing: 'News by e-mail',
    tracking: 'Recording opens and clicks',
    profiling: 'Using what they do to choose what fits',
    enrichment: 'Adding facts from elsewhere',
    sensitive_health: 'Using facts on health',
    sensitive_mental_health: 'Using facts on mental health',
    sensitive_reproductive: 'Using facts on pregnancy and fertility',
    sensitive_sexuality: 'Using facts on sexuality',
    sensitive_belief: 'Using facts on religion and belief',
    sensitive_ethnicity: 'Using facts on origin',
    sensitive_politics: 'Using facts on political opinions',
    sensitive_biometrics: 'Using biometric facts',
    sensitive_crime: 'Using facts on criminal records',
    sensitive_children: 'Using facts on children',
    sensitive_location_precise: 'Using the precise place',
  },
  ja: {
    marketing: 'メールでのお知らせ',
    tracking: '開封とクリックの記録',
    profiling: '行動に合わせた内容の選択',
    enrichment: '外部の情報の追加',
    sensitive_health: '健康に関する情報の利用',
    sensitive_mental_health: '心の健康に関する情報の利用',
    sensitive_reproductive: '妊娠・出産に関する情報の利用',
    sensitive_sexuality: '性に関する情報の利用',
    sensitive_belief: '信仰・信条に関する情報の利用',
    sensitive_ethnicity: '人種・民族に関する情報の利用',
    sensitive_politics: '政治的意見に関する情報の利用',
    sensitive_biometrics: '生体情報の利用',
    sensitive_crime: '犯罪歴に関する情報の利用',
    sensitive_children: 'お子さまに関する情報の利用',
    sensitive_location_precise: '正確な位置情報の利用',
  },
})

/** Names what a consent is to: ``marketing``, ``sensitive:health``; others go by their own name. */
export function usePurpose(): (purpose: string) => string {
  const t = useText()
  return (purpose) => {
    const key = purpose.replace(':', '_')
    return key in useText.words.en ? t(key as 'marketing') : purpose
  }
}
