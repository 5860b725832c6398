import type { EventSummary } from '@/api/generated'
import { useFormat } from '@/language/format'
import { usePurpose } from '@/language/purposes'
import { useTraitName } from '../traits/words'
import { useText } from './texts'

type Key = Parameters<ReturnType<typeof useText>>[0]

/** Says what an event of a type is called. */
export function useEventName(): (type: string) => string {
  const t = useText()
  return (type) => {
    const key = type.toLowerCase().replace(/[^a-z0-9]+/g, '_')
    return key in useText.words.en ? t(key as Key) : type
  }
}

/** Says what one event is about: money, goods, a search, a page, facts stated. */
export function useEventAbout(): (summary: EventSummary) => string {
  const t = useText()
  const format = useFormat()
  const traitName = useTraitName()
  const sayPurpose = usePurpose()
  const sayStatus = (status: string) =>
    `consent_${status}` in useText.words.en ? t(`consent_${status}` as Key) : status
  return (summary) => {
    const { amount, items = [], n_items = 0, text = '', traits = [], consent = {} } = summary
    const rest = n_items - items.length
    const goods =
      rest > 0 ? t('items_more', { items: format.list(items), n: rest }) : format.list(items)
    const money = amount ? format.money(amount.amount_minor, amount.currency) : ''
    return [
      money,
      goods,
      text,
      format.list(traits.map(traitName)),
      sayPurpose(consent.purpose ?? ''),
      sayStatus(consent.status ?? ''),
    ]
      .filter(Boolean)
      .join(' · ')
  }
}
