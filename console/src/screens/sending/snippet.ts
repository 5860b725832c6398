import type { Language } from '@/language/i18n'

export interface FormTopic {
  id: string
  name: string
}

export interface FormWords {
  email: string
  button: string
}

/** Returns a form that asks for a subscription: plain HTML, for any page. */
export function formHtml(
  baseUrl: string,
  language: Language,
  source: string,
  topics: FormTopic[],
  words: FormWords,
): string {
  return [
    `<form method="post" action="${escaped(baseUrl)}/subscribe">`,
    `  <label>${escaped(words.email)} <input type="email" name="email" autocomplete="email" required></label>`,
    ...topics.map(
      ({ id, name }) =>
        `  <label><input type="checkbox" name="topic.${escaped(id)}" value="yes"> ${escaped(name)}</label>`,
    ),
    `  <input type="hidden" name="language" value="${language}">`,
    `  <input type="hidden" name="source" value="${escaped(source)}">`,
    `  <button>${escaped(words.button)}</button>`,
    '</form>',
  ].join('\n')
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (one) => entities[one] ?? one)
}
