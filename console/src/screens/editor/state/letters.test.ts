import { describe, expect, it } from 'vitest'
import type { BroadcastDefinition } from '@/api/generated'
import { addLetter, countLetters, lookAt, putBack, removeLetter } from './letters'

const template = (subject: string) => ({
  default_language: 'en',
  variants: { en: { subject, html: '' } },
})
const definition: BroadcastDefinition = {
  name: 'Tea',
  segment: 'everyone',
  sender: { from_address: 'news@shop.example' },
  template: template('A'),
  experiment: { others: [{ template: template('B') }, { template: template('C') }] },
}

describe('letters of a broadcast', () => {
  it('are looked at and written one by one', () => {
    expect(countLetters(definition)).toBe(3)
    const seen = lookAt(definition, 2)
    expect(seen.template).toEqual(template('C'))
    const changed = { ...seen, name: 'Coffee', template: template('New') }
    const after = putBack(definition, changed, 2)
    expect(after.name).toBe('Coffee')
    expect(after.template).toEqual(template('A'))
    expect(after.experiment?.others?.map((one) => one.template)).toEqual([
      template('B'),
      template('New'),
    ])
    expect(putBack(definition, { ...definition, template: template('X') }, 0).template).toEqual(
      template('X'),
    )
  })

  it('come and go, and with the last other one the experiment', () => {
    const one = addLetter(undefined, template('B'))
    expect(one.others).toHaveLength(1)
    expect(removeLetter(one, 1)).toBeNull()
    const held = { ...one, holdout_percent: 10, test: { percent: 20 } }
    expect(removeLetter(held, 1)).toEqual({ others: [], holdout_percent: 10, test: null })
  })

  it('take their words with them when the experiment goes while one is looked at', () => {
    const after = putBack(definition, { ...lookAt(definition, 1), experiment: null }, 1)
    expect(after.template).toEqual(template('A'))
  })
})
