import type { CouponChoice, EmailTemplateSource, Purpose, Sender } from '@/api/generated'

/** The document of a journey, as the server reads it; what is left out has the server's default. */

export type Json = Record<string, unknown>
/** A segment by its id, or a condition. */
export type Who = string | Json
export type Next = string | null
export type Channel = 'email' | 'sms' | 'line' | 'whatsapp' | 'web_push' | 'app_push'
export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

export interface Duration {
  days?: number
  hours?: number
  minutes?: number
  seconds?: number
}

export interface Events {
  event?: string | null
  where?: Json[]
}

/** What an event has in common with the one that let the person in. */
export interface Match {
  trigger: string[]
  path?: string[] | null
  item?: 'product_id' | 'category' | null
}

interface Base {
  id: string
  label?: string
}
interface Onward extends Base {
  next?: Next
}

export interface MessageStep extends Onward {
  type: 'message'
  template: EmailTemplateSource
  sender?: Sender | null
  channel?: Channel
  fallback?: Channel[]
  purpose?: Purpose
  topic?: string
  coupon?: CouponChoice | null
  has_tracking?: boolean | null
  at_best_hour?: boolean | null
  gives?: boolean
  cost_minor?: number | null
}
export interface WaitStep extends Onward {
  type: 'wait'
  duration: Duration
}
export interface WaitUntilStep extends Onward {
  type: 'wait_until'
  at: string
  weekdays?: Weekday[]
  zone?: 'person' | 'shop'
}
export interface WaitForStep extends Onward {
  type: 'wait_for'
  events: Events
  matches?: Match[]
  timeout: Duration
  on_timeout?: Next
}
export interface WaitBestTimeStep extends Onward {
  type: 'wait_best_time'
  within?: Duration
}
export interface Way {
  id: string
  when: Who
  label?: string
  next?: Next
}
export interface BranchStep extends Base {
  type: 'branch'
  ways: Way[]
  otherwise?: Next
}
export interface Part {
  id: string
  percent: number
  label?: string
  next?: Next
}
export interface SplitStep extends Base {
  type: 'split'
  parts: Part[]
}
export interface ExperimentStep extends Base {
  type: 'experiment'
  parts: Part[]
  decides_winner?: boolean
}
export interface SetTraitStep extends Onward {
  type: 'set_trait'
  traits: Record<string, string | number | boolean | null>
}
export interface PauseStep extends Onward {
  type: 'pause'
  duration: Duration
}
export interface ListStep extends Onward {
  type: 'list'
  list: string
  act?: 'add' | 'remove'
}
export interface OfferStep extends Onward {
  type: 'offer'
  offer: string
  on_none?: Next
}
export interface WebhookStep extends Onward {
  type: 'webhook'
  endpoint: string
}
export interface NotifyStep extends Onward {
  type: 'notify'
  to: string[]
  subject: string
  text: string
}
export interface EnterStep extends Onward {
  type: 'enter'
  journey: string
}
export interface EndStep extends Base {
  type: 'end'
}

export type Step =
  | MessageStep
  | WaitStep
  | WaitUntilStep
  | WaitForStep
  | WaitBestTimeStep
  | BranchStep
  | SplitStep
  | ExperimentStep
  | SetTraitStep
  | PauseStep
  | ListStep
  | OfferStep
  | WebhookStep
  | NotifyStep
  | EnterStep
  | EndStep
export type Kind = Step['type']
export type StepOf<K extends Kind> = Extract<Step, { type: K }>

export type IfMissed = 'skip' | 'send'

export type Trigger =
  | { type: 'event'; events: Events }
  | { type: 'segment'; segment: string; change?: 'entered' | 'left' }
  | {
      type: 'date'
      trait: string
      days?: number
      at?: string
      is_yearly?: boolean
      february_29?: 'feb_28' | 'mar_1' | 'leap_years_only'
      if_missed?: IfMissed
    }
  | { type: 'schedule'; cron: string; zone?: 'person' | 'shop' }
  | { type: 'once'; on: string; at?: string; zone?: 'person' | 'shop'; if_missed?: IfMissed }
  | {
      type: 'product'
      change: 'price_dropped' | 'low_stock' | 'back_in_stock' | 'new_arrival'
      via?: ('favourite' | 'cart' | 'view')[]
      min_drop_percent?: number
    }
  | { type: 'form'; form: string; events?: Events }
  | {
      type: 'message'
      act?: 'clicked' | 'opened' | 'replied' | 'bounced' | 'unsubscribed'
      origin?: string | null
      channel?: Channel | null
    }
  | {
      type: 'consent'
      status?: 'granted' | 'withdrawn'
      purpose?: 'marketing' | 'tracking' | 'profiling' | 'enrichment'
      channel?: Channel | null
    }
  | { type: 'api' }
export type TriggerKind = Trigger['type']
export type TriggerOf<K extends TriggerKind> = Extract<Trigger, { type: K }>

export interface Goal {
  events: Events
  within?: Duration
  value?: 'value_minor' | ''
  target_percent?: number | null
  ends_journey?: boolean
}
export interface Exit {
  id: string
  events?: Events | null
  matches?: Match[]
  when?: Who | null
  label?: string
}
export interface Reentry {
  allowed?: boolean
  after?: Duration | null
  limit?: number | null
}
export interface Rules {
  goal?: Goal | null
  exits?: Exit[]
  reentry?: Reentry
  entry_limit_per_day?: number | null
  holdout_percent?: number
  priority?: number
  loser?: 'waits' | 'dropped'
}

export const stages = [
  'awareness',
  'consideration',
  'purchase',
  'onboarding',
  'loyalty',
  'winback',
] as const
export type Stage = (typeof stages)[number] | ''

export interface JourneyDefinition {
  name: string
  description?: string
  stage?: Stage
  trigger: Trigger
  segment?: Who | null
  start?: Next
  steps?: Step[]
  rules?: Rules
  recipe?: string
}

/** What is wrong, and where: `steps.welcome.ways.vip`. */
export interface Fault {
  path: string
  code: string
  message: string
}
