import { copiedSteps as key } from '@/app/session'
import type { Clip } from '../model/edit'

/**
 * What was copied last: it can be put into another journey, after a reload and in another tab.
 * Where the browser keeps nothing for us, it lasts as long as the page.
 */
let held: Clip = []

function isClip(value: unknown): value is Clip {
  return (
    Array.isArray(value) &&
    value.every((one) => typeof one?.id === 'string' && typeof one?.type === 'string')
  )
}

export const clipboard = {
  read: (): Clip => {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
      return isClip(kept) ? kept : held
    } catch {
      return held
    }
  },
  write: (clip: Clip) => {
    held = clip
    try {
      localStorage.setItem(key, JSON.stringify(clip))
    } catch {
      // What was kept before is not what was copied last.
      forget()
    }
  },
}

function forget() {
  try {
    localStorage.removeItem(key)
  } catch {
    // There is nothing to forget.
  }
}
