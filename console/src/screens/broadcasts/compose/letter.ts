import type { Language } from '@/language/i18n'

/** A letter as it is written: paragraphs, at most one button. Liquid works in all of it. */
export interface Letter {
  text: string
  buttonLabel: string
  buttonUrl: string
}

const wayOut: Record<Language, { reason: string; preferences: string; unsubscribe: string }> = {
  en: {
    reason: 'You receive this because you asked for our news.',
    preferences: 'Choose what you get',
    unsubscribe: 'Unsubscribe',
  },
  ja: {
    reason: '当店からのお知らせを希望された方にお送りしています。',
    preferences: '配信内容を選ぶ',
    unsubscribe: '配信を停止する',
  },
}
const liquid = /(\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\})/
const paragraph = /<mj-text>([\s\S]*?)<\/mj-text>/g
const button = /<mj-button href="([^"]*)">([\s\S]*?)<\/mj-button>/

/** Writes a letter as MJML, with the ways out that every message of ours has. */
export function toMjml(letter: Letter, language: Language): string {
  const out = wayOut[language]
  const paragraphs = letter.text
    .split(/\n{2,}/)
    .map((one) => one.trim())
    .filter(Boolean)
    .map((one) => `<mj-text>${escapeMarkup(one).replaceAll('\n', '<br />')}</mj-text>`)
  const { buttonLabel, buttonUrl } = letter
  if (buttonLabel && buttonUrl) {
    paragraphs.push(
      `<mj-button href="${escapeMarkup(buttonUrl)}">${escapeMarkup(buttonLabel)}</mj-button>`,
    )
  }
  return `<mjml lang="${language}">
  <mj-head>
    <mj-attributes>
      <mj-all font-family="'Hiragino Sans','Noto Sans JP','Yu Gothic',Meiryo,sans-serif" color="#2b2a27" />
      <mj-text font-size="16px" line-height="1.8" padding="8px 32px" />
      <mj-button background-color="#24467a" color="#ffffff" border-radius="4px" font-size="15px" inner-padding="12px 28px" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="#f6f3ec" width="600px">
    <mj-section padding="32px 0"><mj-column background-color="#ffffff" padding="24px 0">
      ${paragraphs.join('\n      ')}
    </mj-column></mj-section>
    <mj-section padding="0 0 32px"><mj-column>
      <mj-text font-size="12px" align="center" color="#6b665c">${out.reason}<br /><a href="{{ preferences_url }}" data-kiku-track="off" style="color:#24467a">${out.preferences}</a> · <a href="{{ unsubscribe_url }}" data-kiku-track="off" style="color:#24467a">${out.unsubscribe}</a></mj-text>
    </mj-column></mj-section>
  </mj-body>
</mjml>
`
}

/** Reads back what `toMjml` wrote; anything else is not a letter. */
export function fromMjml(mjml: string, language: Language): Letter | undefined {
  const [, buttonUrl = '', buttonLabel = ''] = button.exec(mjml) ?? []
  const letter = {
    text: [...mjml.matchAll(paragraph)]
      .map((match) => unescapeMarkup((match[1] ?? '').replaceAll('<br />', '\n')))
      .join('\n\n'),
    buttonLabel: unescapeMarkup(buttonLabel),
    buttonUrl: unescapeMarkup(buttonUrl),
  }
  return toMjml(letter, language) === mjml ? letter : undefined
}

function escapeMarkup(text: string): string {
  return text
    .split(liquid)
    .map((part, index) => (index % 2 ? part : escapePlain(part)))
    .join('')
}

function escapePlain(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function unescapeMarkup(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&')
}
