import { describe, expect, it } from 'vitest'
import type { LifeStages } from '@/api/generated'
import { moved } from '@/design/moves'
import { draftOf, emptyEvidence, faultOf, idOf, writeDefinition } from './draft'

const dog: LifeStages = {
  id: 'dog',
  name_ja: '愛犬',
  name_en: 'Dog',
  min_confidence: 0.6,
  stages: [
    {
      id: 'puppy',
      name_ja: '子犬',
      name_en: 'Puppy',
      evidence: [
        { type: 'said', trait: 'dog_stage', value: 'puppy' },
        { type: 'born', trait: 'dogs_birthday', from_days: 0, until_days: 365 },
      ],
      lasts_days: 180,
      moves_on: true,
      categories: ['puppy'],
    },
    {
      id: 'adult',
      name_ja: '成犬',
      name_en: 'Adult dog',
      evidence: [
        {
          type: 'did',
          event: 'Order Completed',
          categories: ['adult dog'],
          product_ids: [],
          confidence: 0.35,
        },
      ],
      lasts_days: 400,
      moves_on: false,
      categories: [],
    },
  ],
}

describe('a draft of life stages', () => {
  it('is written as it was read', () => {
    expect(writeDefinition(draftOf(dog))).toEqual(dog)
    expect(faultOf(draftOf(dog))).toBeUndefined()
  })

  it('says what is missing', () => {
    expect(faultOf(draftOf(undefined))).toBe('unnamed')
    const draft = draftOf(dog)
    const [first, second] = draft.stages
    if (!first || !second) throw new Error('two stages')
    const without = (part: object) => faultOf({ ...draft, stages: [{ ...first, ...part }, second] })
    expect(without({ name_ja: ' ' })).toBe('stage_unnamed')
    expect(without({ evidence: [] })).toBe('evidence_empty')
    expect(without({ evidence: [emptyEvidence()] })).toBe('evidence_empty')
    const born = { ...emptyEvidence(), type: 'born', trait: 'birthday', from_days: 400 }
    expect(without({ evidence: [born] })).toBe('age_empty')
    expect(without({ id: 'adult' })).toBe('twice')
  })

  it('calls what is new after its English name', () => {
    expect(idOf({ id: '', name_en: 'First season!' })).toBe('first-season')
    expect(idOf({ id: '', name_en: '2nd year' })).toBe('nd-year')
    expect(idOf({ id: 'kept', name_en: 'Renamed' })).toBe('kept')
  })

  it('lets no last stage move on', () => {
    const draft = draftOf(dog)
    const swapped = writeDefinition({ ...draft, stages: moved(draft.stages, 0, 1) })
    expect(swapped.stages.map((one) => [one.id, one.moves_on])).toEqual([
      ['adult', false],
      ['puppy', false],
    ])
  })
})
