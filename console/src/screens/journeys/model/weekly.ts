const weekly = /^(\d{1,2}) (\d{1,2}) \* \* (SUN|MON|TUE|WED|THU|FRI|SAT)$/i
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
// The fourth of January 1970 was a Sunday.
const firstSunday = 4

/** Says a schedule of once a week as people do, "Friday 17:00"; any other stands as it is. */
export function sayWeekly(cron: string, language: string): string {
  const found = weekly.exec(cron.trim())
  if (!found) return cron
  const [, minute, hour, day] = found
  const at = Date.UTC(1970, 0, firstSunday + days.indexOf(`${day}`.toUpperCase()))
  const name = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }).format(at)
  return `${name} ${hour}:${`${minute}`.padStart(2, '0')}`
}
