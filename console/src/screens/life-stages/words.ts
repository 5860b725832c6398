import type { Stage } from '@/api/generated'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { useTraitName, useValueText } from '../profiles/traits/words'
import { nameOf } from '../segment-builder/names'
import { useText as useConditionText } from '../segment-builder/texts'
import { useText } from './texts'

export type Evidence = Stage['evidence'][number]

const daysOfYear = 365
/** As long as nobody's lifetime: no end at all. */
const longest = 36_500

interface Named {
  name_ja: string
  name_en: string
}

/** Says a name in the reader's language. */
export function useNaming(): (one: Named) => string {
  const language = useLanguage()
  return (one) => (language === 'ja' ? one.name_ja : one.name_en)
}

/** Says in a sentence what speaks for a stage. */
export function useEvidenceWords(): (one: Evidence) => string {
  const t = useText()
  const condition = useConditionText()
  const format = useFormat()
  const traitName = useTraitName()
  const valueText = useValueText()
  const span = (days: number) =>
    days > 0 && days % daysOfYear === 0
      ? t('years', { count: days / daysOfYear })
      : t('days', { count: days })
  const sayAge = (trait: string, from: number, until: number) => {
    if (from === 0) return t('evidence_born_first', { trait, until: span(until) })
    if (until >= longest) return t('evidence_born_last', { trait, from: span(from) })
    return t('evidence_born', { trait, from: span(from), until: span(until) })
  }
  return (one) => {
    switch (one.type) {
      case 'said':
        return t('evidence_said', {
          trait: traitName(one.trait),
          value: valueText(one.value, one.trait),
        })
      case 'born':
        return sayAge(traitName(one.trait), one.from_days ?? 0, one.until_days)
      case 'did':
        return t('evidence_did', {
          event: nameOf(condition, 'event', one.event ?? 'Order Completed'),
          goods: format.list([...(one.categories ?? []), ...(one.product_ids ?? [])]),
          share: format.percent(one.confidence ?? 0.5, 0),
        })
    }
  }
}
