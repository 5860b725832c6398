import type { LifeStages, Stage } from '@/api/generated'
import type { Evidence } from './words'

export interface EvidenceDraft {
  /** Keeps a row's fields apart from the others'. */
  key: number
  type: Evidence['type']
  trait: string
  value: string
  from_days: number
  until_days: number
  event: string
  categories: string[]
  product_ids: string[]
  /** In percent. */
  confidence: number
}

export interface StageDraft {
  key: number
  /** As it is stored; empty for a new one, which is called after its English name. */
  id: string
  name_ja: string
  name_en: string
  evidence: EvidenceDraft[]
  lasts_days: number
  moves_on: boolean
  categories: string[]
}

export interface Draft {
  id: string
  name_ja: string
  name_en: string
  /** In percent. */
  min_confidence: number
  stages: StageDraft[]
}

export const mostStages = 20
let lastKey = 0
const nextKey = () => {
  lastKey += 1
  return lastKey
}

export function emptyEvidence(): EvidenceDraft {
  return {
    key: nextKey(),
    type: 'said',
    trait: '',
    value: '',
    from_days: 0,
    until_days: 365,
    event: 'Order Completed',
    categories: [],
    product_ids: [],
    confidence: 50,
  }
}

export function emptyStage(): StageDraft {
  return {
    key: nextKey(),
    id: '',
    name_ja: '',
    name_en: '',
    evidence: [emptyEvidence()],
    lasts_days: 180,
    moves_on: false,
    categories: [],
  }
}

export function draftOf(definition: LifeStages | undefined): Draft {
  if (!definition) {
    const stages = [emptyStage(), emptyStage()]
    return { id: '', name_ja: '', name_en: '', min_confidence: 50, stages }
  }
  return {
    id: definition.id,
    name_ja: definition.name_ja,
    name_en: definition.name_en,
    min_confidence: percent(definition.min_confidence ?? 0.5),
    stages: definition.stages.map((stage) => ({
      ...emptyStage(),
      ...stage,
      evidence: stage.evidence.map((one) => ({
        ...emptyEvidence(),
        ...one,
        ...(one.type === 'did' ? { confidence: percent(one.confidence ?? 0.5) } : {}),
      })),
    })),
  }
}

function percent(share: number): number {
  return Math.round(share * 100)
}

export type Fault = 'unnamed' | 'stage_unnamed' | 'evidence_empty' | 'age_empty' | 'twice'

/** Says what keeps a draft from being a definition. */
export function faultOf(draft: Draft): Fault | undefined {
  if (!draft.name_ja.trim() || !draft.name_en.trim() || !idOf(draft)) return 'unnamed'
  if (draft.stages.some((one) => !one.name_ja.trim() || !one.name_en.trim() || !idOf(one))) {
    return 'stage_unnamed'
  }
  const evidence = draft.stages.flatMap((one) => one.evidence)
  if (draft.stages.some((one) => one.evidence.length === 0) || !evidence.every(isWhole)) {
    return 'evidence_empty'
  }
  if (evidence.some((one) => one.type === 'born' && one.until_days <= one.from_days)) {
    return 'age_empty'
  }
  const ids = draft.stages.map(idOf)
  return new Set(ids).size < ids.length ? 'twice' : undefined
}

function isWhole(one: EvidenceDraft): boolean {
  if (one.type === 'did') return one.categories.length + one.product_ids.length > 0 && !!one.event
  return one.trait.trim() !== '' && (one.type === 'born' || one.value.trim() !== '')
}

/** Returns the id: what it has, else the English name without what an id must not hold. */
export function idOf({ id, name_en }: { id: string; name_en: string }): string {
  if (id) return id
  const plain = name_en
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
  return plain.slice(0, 40)
}

export function writeDefinition(draft: Draft): LifeStages {
  const last = draft.stages.length - 1
  return {
    id: idOf(draft),
    name_ja: draft.name_ja.trim(),
    name_en: draft.name_en.trim(),
    min_confidence: draft.min_confidence / 100,
    stages: draft.stages.map(
      (stage, place): Stage => ({
        id: idOf(stage),
        name_ja: stage.name_ja.trim(),
        name_en: stage.name_en.trim(),
        evidence: stage.evidence.map(writeEvidence),
        lasts_days: stage.lasts_days,
        moves_on: stage.moves_on && place < last,
        categories: stage.categories,
      }),
    ),
  }
}

function writeEvidence(one: EvidenceDraft): Evidence {
  switch (one.type) {
    case 'said':
      return { type: 'said', trait: one.trait.trim(), value: one.value.trim() }
    case 'born':
      return {
        type: 'born',
        trait: one.trait.trim(),
        from_days: one.from_days,
        until_days: one.until_days,
      }
    case 'did':
      return {
        type: 'did',
        event: one.event.trim(),
        categories: one.categories,
        product_ids: one.product_ids,
        confidence: one.confidence / 100,
      }
  }
}
