import { useRef, useState } from 'react'
import type { Broadcast } from '@/api/generated'
import { useHistory } from '@/design/writing/history'
import { useIsNarrow } from '@/design/writing/useIsNarrow'
import { useUndoKeys } from '@/design/writing/useUndoKeys'
import type { Language } from '@/language/i18n'
import { insert, withNewIds, writtenIn } from './blocks/model'
import { DragContext, useDrag } from './canvas/drag'
import { Palette } from './canvas/Palette'
import { useCheck, useVerdicts } from './check/useChecks'
import styles from './EditorScreen.module.css'
import { Header } from './Header'
import { Letter } from './Letter'
import { LetterTabs } from './LetterTabs'
import { Side, type Tab } from './Side'
import { Shelf } from './saved/Shelf'
import { type Editor, EditorContext } from './state/editor'
import { countLetters, lookThrough } from './state/letters'
import { useActs } from './state/useActs'
import { useAutosave } from './state/useAutosave'
import { type Shown, Toolbar } from './Toolbar'
import { useText } from './texts'

/** The message, what it can be made of, and beside it what it becomes. */
export function Workbench({ broadcast }: { broadcast: Broadcast }) {
  const t = useText()
  const isNarrow = useIsNarrow()
  const first = writtenIn(broadcast.definition.template.variants)[0] ?? 'ja'
  const history = useHistory(broadcast.definition)
  const autosave = useAutosave(broadcast, history.present)
  const voice = useRef<HTMLParagraphElement>(null)
  const [chosen, setPlace] = useState(0)
  // A letter that was taken back is no more there to be written.
  const place = Math.min(chosen, countLetters(history.present) - 1)
  const acts = useActs(lookThrough(history, place), first, (words) => {
    if (voice.current) voice.current.textContent = words
  })
  const [shown, setShown] = useState<Shown>(first)
  const [tab, setTab] = useState<Tab>('block')
  const report = useCheck(history.present)
  const verdicts = {
    ja: useVerdicts(acts.definition, 'ja'),
    en: useVerdicts(acts.definition, 'en'),
  }
  const editor: Editor = {
    ...acts,
    verdicts: (language) => verdicts[language],
    problems: report.data?.problems ?? [],
  }
  const dragging = useDrag((dragged, drop) => {
    const { id, kind, language } = dragged
    if (!id) return acts.add(kind, drop, drop.language)
    if (language === drop.language) return acts.moveTo(drop.language, id, drop)
    const copied = copyOf(acts, language, id)
    if (copied) acts.changeDocument(drop.language, (now) => insert(now, drop, [copied]))
  })
  useUndoKeys(history)
  const languages: Language[] = shown === 'both' ? ['ja', 'en'] : [shown]
  const language = shown === 'both' ? acts.selection.language : shown
  const isWriting = !isNarrow || tab === 'block'
  return (
    <EditorContext value={editor}>
      <DragContext value={dragging}>
        <div className={styles.editor}>
          <Header
            broadcast={broadcast}
            place={place}
            autosave={autosave}
            onRestart={history.restart}
            onCheck={() => setTab('check')}
          />
          <Toolbar history={history} shown={shown} onShow={setShown} language={language}>
            <LetterTabs place={place} onPlace={setPlace} />
          </Toolbar>
          <div className={styles.bench} data-both={shown === 'both' || undefined}>
            {isWriting && (
              <>
                <div className={styles.palette}>
                  <Palette />
                </div>
                <div className={styles.letters}>
                  {languages.map((one) => (
                    <Letter key={`${place} ${one}`} language={one} />
                  ))}
                  {isNarrow && <Shelf language={language} />}
                </div>
              </>
            )}
            <Side
              broadcast={broadcast}
              version={autosave.version}
              language={language}
              report={report}
              tab={tab}
              onTab={setTab}
            />
          </div>
          <p ref={voice} aria-live="assertive" className={styles.heard} />
          <p id="editor-keys" className={styles.heard}>
            {t('keys')}
          </p>
        </div>
      </DragContext>
    </EditorContext>
  )
}

function copyOf(acts: Pick<Editor, 'definition'>, language: Language | undefined, id: string) {
  const blocks = language && acts.definition.template.variants[language]?.blocks?.blocks
  const found = blocks?.find((one) => one.id === id)
  return found ? withNewIds(found) : undefined
}
