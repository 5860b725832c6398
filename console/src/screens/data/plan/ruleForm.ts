import type { Mode, PlanRule } from '@/api/generated'

/** What the form can say of one property; what it cannot is kept in `rest`. */
export interface PropertyDraft {
  /** Stays the same while the name is edited. */
  key: number
  name: string
  type: JsonType
  isRequired: boolean
  mode: Mode | ''
  rest: Record<string, unknown>
}

export interface RuleDraft {
  mode: Mode
  unknown: Mode
  description: string
  properties: PropertyDraft[]
  /** Keywords of the schema other than its properties and what is required. */
  rest: Record<string, unknown>
}

export const jsonTypes = [
  'any',
  'string',
  'number',
  'integer',
  'boolean',
  'array',
  'object',
] as const
export type JsonType = (typeof jsonTypes)[number]

export function readRule(rule: PlanRule): RuleDraft {
  const { properties, required, ...rest } = rule.schema ?? {}
  const always = new Set(Array.isArray(required) ? required : [])
  const modes = rule.property_modes ?? {}
  return {
    mode: rule.mode ?? 'flag',
    unknown: rule.unknown_properties ?? 'allow',
    description: rule.description ?? '',
    rest,
    properties: Object.entries(asObject(properties)).map(([name, schema], key) => {
      const { type, ...more } = asObject(schema)
      const known = jsonTypes.find((one) => one === type)
      return {
        key,
        name,
        type: known ?? 'any',
        isRequired: always.has(name),
        mode: modes[name] ?? '',
        // Several types at once are for the JSON view.
        rest: known || type === undefined ? more : { type, ...more },
      }
    }),
  }
}

export function writeRule(draft: RuleDraft): PlanRule {
  const named = draft.properties.filter((one) => one.name.trim())
  const required = named.filter((one) => one.isRequired).map((one) => one.name)
  return {
    mode: draft.mode,
    unknown_properties: draft.unknown,
    description: draft.description,
    property_modes: Object.fromEntries(
      named.flatMap((one) => (one.mode ? [[one.name, one.mode]] : [])),
    ),
    schema: {
      ...draft.rest,
      properties: Object.fromEntries(
        named.map((one) => [
          one.name,
          one.type === 'any' ? one.rest : { type: one.type, ...one.rest },
        ]),
      ),
      ...(required.length ? { required } : {}),
    },
  }
}

export function emptyProperty(properties: PropertyDraft[]): PropertyDraft {
  const key = Math.max(-1, ...properties.map((one) => one.key)) + 1
  return { key, name: '', type: 'string', isRequired: false, mode: '', rest: {} }
}

function asObject(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {}
}
