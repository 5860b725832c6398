import { useMemo } from 'react'
import { useShop } from '@/app/session'
import type { Language } from './i18n'
import { useLanguage } from './texts'

const locales: Record<Language, string> = { ja: 'ja-JP', en: 'en-GB' }
const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** Writes numbers, money and time as the reader does; instants in the shop's zone. */
export interface Format {
  number(value: number): string
  compact(value: number): string
  /** 0.1234 → 12.3 % */
  percent(share: number, digits?: number): string
  /** 0.12 → +12 %; what is less than a percent is nothing. */
  change(share: number): string
  /** Money in minor units: 1234 pence → £12.34. */
  money(minor: number, currency: string): string
  /** Money at a glance: £1,235, without its pence. */
  wholeMoney(minor: number, currency: string): string
  day(iso: string): string
  /** A birthday, a date on a calendar: 2001-02-03 is the third wherever one reads it. */
  calendarDay(iso: string): string
  instant(iso: string): string
  /** "3 hours ago", for what happened; the exact instant belongs into a title. */
  ago(iso: string, now?: number): string
  list(items: string[]): string
  /** GB → United Kingdom; what is no code stands as it is. */
  country(code: string): string
  /** ja → Japanese. */
  language(code: string): string
  /** Where somebody lives, as far as it is known: 京都府（日本）. */
  place(where: { region: string; country: string }): string
}

export function createFormat(language: Language, zone: string): Format {
  const locale = locales[language]
  const number = new Intl.NumberFormat(locale)
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: zone })
  const calendarDay = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })
  const instant = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone,
  })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const list = new Intl.ListFormat(locale)
  const name = (type: 'region' | 'language', code: string) => {
    try {
      return new Intl.DisplayNames(locale, { type }).of(code) ?? code
    } catch {
      return code
    }
  }
  return {
    number: (value) => number.format(value),
    compact: (value) => compact.format(value),
    percent: (share, digits = 1) =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(
        share,
      ),
    change: (share) =>
      new Intl.NumberFormat(locale, {
        style: 'percent',
        maximumFractionDigits: 0,
        signDisplay: 'exceptZero',
      }).format(share),
    money: (minor, currency) => {
      const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
      return format.format(toMajor(minor, format))
    },
    wholeMoney: (minor, currency) => {
      const exact = new Intl.NumberFormat(locale, { style: 'currency', currency })
      const whole = { style: 'currency', currency, maximumFractionDigits: 0 } as const
      return new Intl.NumberFormat(locale, whole).format(toMajor(minor, exact))
    },
    day: (iso) => day.format(new Date(iso)),
    calendarDay: (iso) => calendarDay.format(new Date(iso)),
    instant: (iso) => instant.format(new Date(iso)),
    ago: (iso, now = Date.now()) => {
      const seconds = (Date.parse(iso) - now) / 1000
      const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? ['minute', 60]
      const said = relative.format(Math.round(seconds / size), unit)
      return language === 'ja' ? said.replaceAll(' ', '') : said
    },
    list: (items) => list.format(items),
    country: (code) => name('region', code),
    language: (code) => name('language', code),
    place: ({ region, country }) => {
      const land = country && name('region', country)
      if (!region || !land) return region || land
      return language === 'ja' ? `${region}（${land}）` : `${region}, ${land}`
    },
  }
}

/** Money in the currency's own units: 1234 pence are 12.34 pounds. */
function toMajor(minor: number, exact: Intl.NumberFormat): number {
  return minor / 10 ** (exact.resolvedOptions().maximumFractionDigits ?? 2)
}

export function useFormat(): Format {
  const language = useLanguage()
  const zone = useShop().timezone
  return useMemo(() => createFormat(language, zone), [language, zone])
}
