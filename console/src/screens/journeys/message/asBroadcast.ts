import type { BroadcastDefinition, Sender } from '@/api/generated'
import type { JourneyDefinition, MessageStep } from '../model/definition'
import { changeStep } from '../model/edit'
import { reached, stepOf, stepsOf } from '../model/ways'

/** A message of a journey as the message editor knows messages: for everybody, from the shop. */
export function asBroadcast(
  journey: JourneyDefinition,
  step: MessageStep,
  shop: Sender,
): BroadcastDefinition {
  const { template, sender, purpose, topic, coupon, has_tracking, at_best_hour, gives } = step
  const drawn = drawnBefore(journey, step)
  return {
    name: step.label || journey.name,
    segment: journey.segment ?? { type: 'everyone' },
    template,
    sender: sender ?? shop,
    ...(purpose ? { purpose } : {}),
    ...(topic ? { topic } : {}),
    ...((coupon ?? drawn) ? { coupon: coupon ?? drawn } : {}),
    has_tracking: has_tracking ?? null,
    at_best_hour: at_best_hour ?? null,
    ...(gives ? { gives } : {}),
  }
}

/** The offers whose codes are drawn on the way to a message, for samples of them in previews. */
function drawnBefore(journey: JourneyDefinition, step: MessageStep): MessageStep['coupon'] {
  const rules = stepsOf(journey).flatMap((one) =>
    one.type === 'offer' && reached(journey, one.id).includes(step.id)
      ? [{ offer: one.offer }]
      : [],
  )
  return rules.length > 0 ? { rules } : undefined
}

/** The journey with the words that were written in the editor; all else is said on the canvas. */
export function withWords(
  journey: JourneyDefinition,
  stepId: string,
  { template }: BroadcastDefinition,
): JourneyDefinition {
  const step = stepOf(journey, stepId)
  if (step?.type !== 'message' || step.template === template) return journey
  return changeStep(journey, { ...step, template })
}
