import type { Language } from '@/language/i18n'
import { useLanguage } from '@/language/texts'
import { useProblemWords } from '../check/problemWords'
import { useEditor } from '../state/editor'
import { useText } from '../texts'
import styles from './Notes.module.css'

/** What the guard and the check say of a block, right below it, with what would be better. */
export function Notes({ language, id }: { language: Language; id: string }) {
  const t = useText()
  const speaks = useLanguage()
  const sayProblem = useProblemWords()
  const { verdicts, problems } = useEditor()
  const verdict = verdicts(language).get(id)
  const found = problems.filter(
    (one) => one.language === language && (one.block === id || (!one.block && one.part === id)),
  )
  const isFine = !verdict || verdict.verdict === 'ok'
  if (isFine && !found.length) return null
  return (
    <ul className={styles.notes} lang={speaks}>
      {!isFine &&
        verdict.reasons.map((reason, index) => (
          <li key={`${reason.rule}${reason.subject}`} data-tone={verdict.verdict}>
            <strong>{t(`verdict_${verdict.verdict}`)}</strong> {reason[speaks]}
            {verdict.mend[index] && <em>{verdict.mend[index][speaks]}</em>}
          </li>
        ))}
      {found.map((problem) => (
        <li key={problem.code + problem.message} data-tone={problem.severity}>
          {sayProblem(problem)}
        </li>
      ))}
    </ul>
  )
}
