import type { Clip } from '../model/edit'

/** What was copied last: it can be put into another journey too. */
let held: Clip = []

export const clipboard = {
  read: (): Clip => held,
  write: (clip: Clip) => {
    held = clip
  },
}
