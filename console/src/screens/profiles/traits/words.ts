import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { useText } from './texts'
import { useValueWords } from './values'

type Key = Parameters<ReturnType<typeof useText>>[0]

/** Says what a trait is called; a name of the shop's own loses its underscores. */
export function useTraitName(): (name: string) => string {
  const t = useText()
  return (name) => (name in useText.words.en ? t(name as Key) : name.replace(/_/g, ' '))
}

const day = /^\d{4}-\d{2}-\d{2}$/
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/

/** Asia/Tokyo → Japan Time; what is no zone stands as it is. */
function zoneText(zone: string, language: string): string {
  try {
    const names = { timeZone: zone, timeZoneName: 'longGeneric' } as const
    const parts = new Intl.DateTimeFormat(language, names).formatToParts()
    return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone
  } catch {
    return zone
  }
}

type ValueKey = Parameters<ReturnType<typeof useValueWords>>[0]

/** Writes a trait's value as a person would: days, countries and languages as the reader does. */
export function useValueText(): (value: unknown, name?: string) => string {
  const format = useFormat()
  const word = useValueWords()
  const language = useLanguage()
  const between = language === 'ja' ? '、' : ', '
  const say = (value: unknown, name: string): string => {
    if (typeof value === 'string') {
      const key = `${name} ${value.toLowerCase().replace(/[ -]+/g, '_')}`
      if (key in useValueWords.words.en) return word(key as ValueKey)
      if (name === 'country') return format.country(value)
      if (name === 'language') return format.language(value)
      if (name === 'timezone') return zoneText(value, language)
      if (Number.isNaN(Date.parse(value))) return value
      if (instant.test(value)) return format.instant(value)
      // A day is the same day everywhere.
      return day.test(value) ? format.calendarDay(value) : value
    }
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
      return value.map((item) => say(item, name)).join(between)
    }
    return JSON.stringify(value)
  }
  return (value, name = '') => say(value, name)
}
