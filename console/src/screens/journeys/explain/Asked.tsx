import type { JudgedWay } from '@/api/generated'
import { Badge } from '@/design'
import { useLanguage } from '@/language/texts'
import styles from './explain.module.css'
import { useText } from './texts'

interface Props {
  asked: readonly JudgedWay[]
  /** What is asked, by the name of the way. */
  question: (way: string) => string
}

/** Whom each way is for, and whether the person was one of them: in whole, and bit by bit. */
export function Asked({ asked, question }: Props) {
  const language = useLanguage()
  if (asked.length === 0) return null
  return (
    <ul className={styles.asked}>
      {asked.map(({ way, holds, text, conditions }) => (
        <li key={way}>
          <Verdict holds={holds} /> {question(way)} <span>{text[language]}</span>
          {conditions.length > 0 && (
            <ul>
              {conditions.map((one) => (
                <li key={one.text.en}>
                  <Verdict holds={one.holds} /> {one.text[language]}
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  )
}

function Verdict({ holds }: { holds: boolean }) {
  const t = useText()
  return <Badge tone={holds ? 'good' : 'late'}>{t(holds ? 'asked_yes' : 'asked_no')}</Badge>
}
