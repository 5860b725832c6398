import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'

export const languages = ['ja', 'en'] as const
export type Language = (typeof languages)[number]

// The server's own pages read the same cookie.
const cookie = 'kikubari_language'
const yearSeconds = 365 * 24 * 3600
// Unit tests have no document.
const page = typeof document === 'undefined' ? undefined : document.documentElement

function isLanguage(text: string | undefined): text is Language {
  return languages.some((language) => language === text)
}

function preferredLanguage(): Language {
  const chosen = new RegExp(`(?:^|; )${cookie}=(\\w+)`).exec(document.cookie)?.[1]
  if (isLanguage(chosen)) return chosen
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en'
}

export const i18n = i18next.createInstance()

/** Starts in the language of the reader; texts are added by the modules that use them. */
export function startLanguage(language: Language = preferredLanguage()): void {
  i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    initAsync: false,
    resources: {},
    interpolation: { escapeValue: false }, // React escapes
    react: { useSuspense: false },
    saveMissing: true,
    missingKeyHandler: (_languages, namespace, key) => {
      // Browser tests fail on this mark: nobody should read a key.
      page?.setAttribute('data-missing-text', `${namespace}:${key}`)
    },
  })
  announce(language)
}

/** Speaks another language from now on, here and in the server's own pages. */
export function setLanguage(language: Language): void {
  // biome-ignore lint/suspicious/noDocumentCookie: cookieStore is missing on plain-HTTP addresses
  document.cookie = `${cookie}=${language}; path=/; max-age=${yearSeconds}; samesite=lax`
  void i18n.changeLanguage(language)
  announce(language)
}

function announce(language: Language): void {
  page?.setAttribute('lang', language)
}
