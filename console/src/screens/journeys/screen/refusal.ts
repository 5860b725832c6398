import type { ApiError } from '@/api/client'
import type { Fault, JourneyDefinition } from '../model/definition'
import { stepsOf } from '../model/ways'

/**
 * What the server could not even read, as faults beside the steps.
 *
 * It names the place as `$.steps[3].url`: a field that is still empty, as a rule.
 */
export function faultsOfRefusal(journey: JourneyDefinition, error: ApiError): Fault[] {
  const said = JSON.stringify(error.body ?? '')
  const message = error.body?.message ?? ''
  const [, inner] = /\$\.steps\[(\d+)\]/.exec(said) ?? []
  const step = inner === undefined ? undefined : stepsOf(journey)[Number(inner)]
  if (step) return [{ path: `steps.${step.id}`, code: 'not_filled', message }]
  return [{ path: said.includes('$.rules') ? 'rules' : 'trigger', code: 'not_filled', message }]
}
