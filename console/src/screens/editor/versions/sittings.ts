import type { BroadcastVersion } from '@/api/generated'

const pauseMilliseconds = 10 * 60_000

/** Of versions, newest first, those that were followed by a pause: how each sitting ended. */
export function sittings(versions: BroadcastVersion[]): BroadcastVersion[] {
  return versions.filter((one, index) => {
    const next = versions[index - 1]
    if (!next || index === versions.length - 1) return true
    return Date.parse(next.created_at) - Date.parse(one.created_at) > pauseMilliseconds
  })
}
