import type { PersonaRules, PersonaSet } from '@/api/generated'

export interface RuleDraft {
  /** Keeps a row's fields apart from the others' while it moves. */
  key: number
  name: string
  segment: string
}

export interface RulesDraft {
  rules: RuleDraft[]
  otherwise: string
}

export const mostRules = 30
let lastKey = 0

export function emptyRule(): RuleDraft {
  lastKey += 1
  return { key: lastKey, name: '', segment: '' }
}

/** Returns the rules that personas were assigned by; the last persona takes everybody else. */
export function draftOf(defined: PersonaSet | null, otherwise: string): RulesDraft {
  if (!defined) return { rules: [emptyRule()], otherwise }
  const rest = defined.personas.at(-1)
  return {
    rules: defined.personas
      .slice(0, -1)
      .map((one) => ({ ...emptyRule(), name: one.name_en, segment: one.segment_id ?? '' })),
    otherwise: rest?.name_en ?? otherwise,
  }
}

export type Fault = 'unnamed' | 'unchosen' | 'twice'

/** Says what keeps the rules from being used. */
export function faultOf({ rules, otherwise }: RulesDraft): Fault | undefined {
  const names = [...rules.map((one) => one.name), otherwise].map((name) => name.trim())
  if (names.includes('')) return 'unnamed'
  if (rules.some((one) => !one.segment)) return 'unchosen'
  if (new Set(names).size < names.length) return 'twice'
  return undefined
}

export function writeRules({ rules, otherwise }: RulesDraft): PersonaRules {
  return {
    rules: rules.map((one) => ({ name: one.name.trim(), segment_id: one.segment })),
    default_name: otherwise.trim(),
  }
}
