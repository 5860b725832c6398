import { useTranslation } from 'react-i18next'
import { i18n, type Language, languages, startLanguage } from './i18n'

type Words = Record<string, string>
type Singular = `${string}_one`
/** `people_one` and `people_other` are said as `people`, with a `count`. */
type Key<K> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K
type Values = Record<string, string | number>

export type Say<K extends string> = (key: K, values?: Values) => string
export interface Texts<K extends string> {
  (): Say<K>
  readonly words: Record<Language, Words>
}

/**
 * Adds the texts of one screen and returns the hook that says them.
 *
 * Japanese has the same keys as English, which the compiler checks, but no singular.
 */
export function defineTexts<const En extends Words>(
  namespace: string,
  words: { en: En; ja: Record<Exclude<keyof En, Singular>, string> },
): Texts<Key<keyof En & string>> {
  if (!i18n.isInitialized) startLanguage()
  for (const language of languages) i18n.addResourceBundle(language, namespace, words[language])
  const useText = () => {
    const { t } = useTranslation(namespace, { i18n })
    return t as unknown as Say<Key<keyof En & string>>
  }
  return Object.assign(useText, { words })
}

/** Returns the language that is spoken now. */
export function useLanguage(): Language {
  return useTranslation(undefined, { i18n }).i18n.language as Language
}
