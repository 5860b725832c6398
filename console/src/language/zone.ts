/** The day an instant lies in, in a zone: 2026-03-01. */
export function dayOf(instant: string, zone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date(instant))
}

/** The time of day of an instant in a zone, seconds only where there are any: 09:30. */
export function timeOf(instant: string, zone: string): string {
  const time = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    timeStyle: 'medium',
  }).format(new Date(instant))
  return time.replace(/:00$/, '')
}

/** The instant of a day and time in a zone, with its offset: 2026-03-01T00:00:00+09:00. */
export function instantOf(day: string, zone: string, time = '00:00'): string {
  const clock = `${day}T${time.length > 5 ? time : `${time}:00`}`
  // The offset at that time; asked twice, because the first guess may lie across a change.
  let offset = offsetAt(new Date(`${clock}Z`), zone)
  offset = offsetAt(new Date(Date.parse(`${clock}Z`) - offset * 60_000), zone)
  const sign = offset < 0 ? '-' : '+'
  const two = (n: number) => String(n).padStart(2, '0')
  const size = Math.abs(offset)
  return `${clock}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/** Minutes east of Greenwich. */
function offsetAt(instant: Date, zone: string): number {
  const name = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(instant)
    .find((part) => part.type === 'timeZoneName')?.value
  const [, sign, hours, minutes = '0'] = /GMT(?:([+-])(\d+):?(\d+)?)?/.exec(name ?? '') ?? []
  return (Number(hours ?? 0) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
}
