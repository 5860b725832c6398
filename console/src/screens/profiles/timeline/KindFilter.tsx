import type { TypeCount } from '@/api/generated'
import { Combobox } from '@/design'
import { useFormat } from '@/language/format'
import { useEventName } from '../events/words'
import { useText } from './texts'
import styles from './timeline.module.css'

interface Props {
  types: TypeCount[]
  total: number
  chosen: string
  onChoose: (type: string) => void
}

const chips = 5

/** The most frequent kinds at a click, the others in a list. */
export function KindFilter({ types, total, chosen, onChoose }: Props) {
  const t = useText()
  const format = useFormat()
  const name = useEventName()
  const first = types.slice(0, chips)
  const others = types.slice(chips)
  const chip = (type: string, label: string, n: number) => (
    <button key={type} type="button" aria-pressed={type === chosen} onClick={() => onChoose(type)}>
      {label} <span className={styles.count}>{format.number(n)}</span>
    </button>
  )
  return (
    <fieldset className={styles.kinds}>
      <legend>{t('filter')}</legend>
      {chip('', t('all'), total)}
      {first.map(({ type, n }) => chip(type, name(type), n))}
      {others.length > 0 && (
        <Combobox
          size="xs"
          aria-label={t('filter')}
          placeholder={t('others')}
          value={others.some(({ type }) => type === chosen) ? chosen : ''}
          options={others.map(({ type, n }) => ({
            value: type,
            label: name(type),
            note: format.number(n),
          }))}
          onChange={onChoose}
        />
      )}
    </fieldset>
  )
}
