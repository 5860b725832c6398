import type { SuggestionAnswer } from '@/api/generated'
import { useLanguage } from '@/language/texts'
import type { Suggestion } from '../editor/blocks/strategies'
import styles from './Suggested.module.css'

interface Props {
  items: SuggestionAnswer[]
  kind: Suggestion
}

/** Categories or searches as a reader would see them: words that lead nowhere, and why. */
export function Suggested({ items, kind }: Props) {
  const language = useLanguage()
  return (
    <ul className={styles.suggested}>
      {items.map((item) => (
        <li key={item.name}>
          <p className={styles.name} title={item.name}>
            {nameOf(item, kind, language)}
          </p>
          <p className={styles.reason}>{item[language]}</p>
        </li>
      ))}
    </ul>
  )
}

/** A category is called by the last part of its path, as in messages. */
function nameOf(item: SuggestionAnswer, kind: Suggestion, language: 'en' | 'ja') {
  const name = (language === 'ja' && item.name_ja) || item.name
  return kind === 'categories' ? name.split(' > ').at(-1) : name
}
