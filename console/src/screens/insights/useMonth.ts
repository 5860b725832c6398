import { useMemo } from 'react'
import { useLanguage } from '@/language/texts'

/** Writes a month of the calendar, 2026-03-01: long in sentences, short on axes. */
export function useMonth(): { long: (day: string) => string; short: (day: string) => string } {
  const language = useLanguage()
  return useMemo(() => {
    const locale = language === 'ja' ? 'ja-JP' : 'en-GB'
    const long = new Intl.DateTimeFormat(locale, {
      year: 'numeric',
      month: 'long',
      timeZone: 'UTC',
    })
    const short = new Intl.DateTimeFormat(locale, {
      year: '2-digit',
      month: language === 'ja' ? 'numeric' : 'short',
      timeZone: 'UTC',
    })
    return {
      long: (day) => long.format(new Date(day)),
      short: (day) => short.format(new Date(day)),
    }
  }, [language])
}
