import { useFormat } from '@/language/format'
import { defineTexts } from '@/language/texts'
import { compareTemplates, type WordChange } from '../model/letters'
import type { Line } from '../model/lines'
import { en, ja } from '../words/letters'
import styles from './WordsDiff.module.css'

export const useDiffText = defineTexts('journeys_letters', { en, ja })
type Key = Parameters<ReturnType<typeof useDiffText>>[0]

/** What a message says differently: each place with its lines, before and after. */
export function WordsDiff({ before, after }: { before: unknown; after: unknown }) {
  const t = useDiffText()
  const format = useFormat()
  const nameOf = ({ language, part, kind }: WordChange) =>
    [format.language(language), `part_${part}` in en ? t(`part_${part}` as Key) : part]
      .concat(t(`word_${kind}`))
      .join(' · ')
  return (
    <ul className={styles.words}>
      {compareTemplates(before, after).map((one, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: never reordered, and two places may be alike
        <li key={place}>
          <span>{nameOf(one)}</span>
          {one.lines.length > 0 && <Lines lines={one.lines} />}
        </li>
      ))}
    </ul>
  )
}

function Lines({ lines }: { lines: readonly Line[] }) {
  return (
    <div className={styles.lines}>
      {lines.map(({ mark, text }, place) => {
        const Tag = mark === 'gone' ? 'del' : mark === 'new' ? 'ins' : 'span'
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines repeat and are never reordered
          <Tag key={place}>{text || ' '}</Tag>
        )
      })}
    </div>
  )
}
