import type { Channel, Kind, Step, Trigger, TriggerKind } from './definition'
import { type MakeId, makeId } from './edit'

export type Family = 'send' | 'time' | 'decide' | 'act'

/** The kinds of steps, as they are offered. */
export const families: Record<Family, Kind[]> = {
  send: ['message', 'offer'],
  time: ['wait', 'wait_until', 'wait_for', 'wait_best_time'],
  decide: ['branch', 'experiment', 'split'],
  act: ['set_trait', 'list', 'enter', 'notify', 'webhook', 'pause'],
}

export function familyOf(kind: Kind): Family {
  const found = Object.entries(families).find(([, kinds]) => kinds.includes(kind))
  return (found?.[0] ?? 'act') as Family
}

/** A new step, as complete as it can be without knowing what it is for. */
export function freshStep(kind: Kind, newId: MakeId = makeId): Step {
  const id = newId(kind)
  switch (kind) {
    case 'message':
      return { type: kind, id, template: { default_language: 'ja', variants: {} } }
    case 'wait':
      return { type: kind, id, duration: { days: 1 } }
    case 'wait_until':
      return { type: kind, id, at: '10:00:00' }
    case 'wait_for':
      return { type: kind, id, events: { event: 'Order Completed' }, timeout: { days: 3 } }
    case 'wait_best_time':
      return { type: kind, id, within: { days: 1 } }
    case 'branch':
      return { type: kind, id, ways: [{ id: newId('way'), when: { type: 'everyone' } }] }
    case 'split':
    case 'experiment':
      return {
        type: kind,
        id,
        parts: [
          { id: 'a', percent: 50 },
          { id: 'b', percent: 50 },
        ],
      }
    case 'set_trait':
      return { type: kind, id, traits: { note: '' } }
    case 'pause':
      return { type: kind, id, duration: { days: 30 } }
    case 'list':
      return { type: kind, id, list: 'list' }
    case 'offer':
      return { type: kind, id, offer: 'offer' }
    case 'webhook':
      return { type: kind, id, endpoint: 'endpoint' }
    case 'notify':
      return { type: kind, id, to: [], subject: '', text: '' }
    case 'enter':
      return { type: kind, id, journey: 'journey' }
    case 'end':
      return { type: kind, id }
  }
}

export const channels: Channel[] = ['email', 'sms', 'line', 'whatsapp', 'web_push', 'app_push']

export const triggerKinds: TriggerKind[] = [
  'event',
  'segment',
  'date',
  'schedule',
  'once',
  'product',
  'form',
  'message',
  'consent',
  'api',
]

export function freshTrigger(kind: TriggerKind): Trigger {
  switch (kind) {
    case 'event':
      return { type: kind, events: { event: 'Order Completed' } }
    case 'segment':
      return { type: kind, segment: '' }
    case 'date':
      return { type: kind, trait: 'birthday' }
    case 'schedule':
      return { type: kind, cron: '0 10 * * MON' }
    case 'once':
      return { type: kind, on: new Date(Date.now() + 864e5).toISOString().slice(0, 10) }
    case 'product':
      return { type: kind, change: 'back_in_stock' }
    case 'form':
      return { type: kind, form: '' }
    default:
      return { type: kind }
  }
}
