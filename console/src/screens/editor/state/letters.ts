import type { BroadcastDefinition, EmailTemplateSource, LetterExperiment } from '@/api/generated'
import type { useHistory } from '@/design/writing/history'

type Writing = ReturnType<typeof useHistory<BroadcastDefinition>>

export const mostLetters = 8

/** The name of a letter by its place: the broadcast's own is A. */
export const nameOf = (place: number) => String.fromCharCode(65 + place)

export const countLetters = ({ experiment }: BroadcastDefinition) =>
  1 + (experiment?.others?.length ?? 0)

/** A definition as one of its letters sees it: that letter's words in the place of the first's. */
export function lookAt(definition: BroadcastDefinition, place: number): BroadcastDefinition {
  const other = definition.experiment?.others?.[place - 1]
  return other ? { ...definition, template: other.template } : definition
}

/** Writes what was changed where it was looked at. */
export function putBack(
  now: BroadcastDefinition,
  changed: BroadcastDefinition,
  place: number,
): BroadcastDefinition {
  if (place === 0) return changed
  const { experiment } = changed
  if (!experiment) return { ...changed, template: now.template }
  const others = experiment.others?.map((one, index) =>
    index === place - 1 ? { ...one, template: changed.template } : one,
  )
  return { ...changed, template: now.template, experiment: { ...experiment, others } }
}

/** The history of a definition as one of its letters sees it. */
export function lookThrough(history: Writing, place: number): Writing {
  return {
    ...history,
    present: lookAt(history.present, place),
    change: (next, tag) =>
      history.change((now) => {
        const seen = lookAt(now, place)
        const changed = next(seen)
        return changed === seen ? now : putBack(now, changed, place)
      }, tag),
  }
}

/** One letter more, worded as the one that is looked at. */
export function addLetter(
  experiment: LetterExperiment | null | undefined,
  template: EmailTemplateSource,
): LetterExperiment {
  return { ...experiment, others: [...(experiment?.others ?? []), { template, name: '' }] }
}

/** One letter less; nothing where nothing is left to compare. */
export function removeLetter(experiment: LetterExperiment, place: number): LetterExperiment | null {
  const others = experiment.others?.filter((_, index) => index !== place - 1) ?? []
  if (others.length) return { ...experiment, others }
  return experiment.holdout_percent ? { ...experiment, others, test: null } : null
}
