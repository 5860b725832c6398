import { Button, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useRef, useState } from 'react'
import type { BroadcastDefinition } from '@/api/generated'
import { listBroadcastsOptions } from '@/api/generated/@tanstack/react-query.gen'
import type { useHistory } from '@/design/writing/history'
import { useIsNarrow } from '@/design/writing/useIsNarrow'
import type { Language } from '@/language/i18n'
import { useLanguage } from '@/language/texts'
import { insert, withNewIds, writtenIn } from '../../editor/blocks/model'
import { DragContext, useDrag } from '../../editor/canvas/drag'
import { Palette } from '../../editor/canvas/Palette'
import { useCheck, useVerdicts } from '../../editor/check/useChecks'
import styles from '../../editor/EditorScreen.module.css'
import { Letter } from '../../editor/Letter'
import { BlockPanel } from '../../editor/Side'
import { type Editor, EditorContext } from '../../editor/state/editor'
import { useActs } from '../../editor/state/useActs'
import { type Shown, Toolbar } from '../../editor/Toolbar'
import { useText as useEditorText } from '../../editor/texts'
import type { JourneyDefinition, MessageStep } from '../model/definition'
import { stepOf } from '../model/ways'
import { useText } from '../texts'
import { asBroadcast, withWords } from './asBroadcast'

const CheckPanel = lazy(() => import('../../editor/check/CheckPanel'))
const Preview = lazy(() => import('../../editor/preview/Preview'))

const tabs = ['block', 'preview', 'check'] as const
type Tab = (typeof tabs)[number]

interface Props {
  stepId: string
  history: ReturnType<typeof useHistory<JourneyDefinition>>
  onClose: () => void
}

/** The words of one message of a journey: what is written here is part of the journey's draft. */
export default function MessageBench({ stepId, history, onClose }: Props) {
  const step = stepOf(history.present, stepId)
  return step?.type === 'message' ? (
    <Writing step={step} history={history} onClose={onClose} />
  ) : (
    <Gone onClose={onClose} />
  )
}

/** The step was taken back while its words were open. */
function Gone({ onClose }: Pick<Props, 'onClose'>) {
  const t = useText()
  return <Button onClick={onClose}>{t('back_to_canvas')}</Button>
}

function Writing({ step, history, onClose }: Omit<Props, 'stepId'> & { step: MessageStep }) {
  const t = useText()
  const say = useEditorText()
  const isNarrow = useIsNarrow()
  const spoken = useLanguage()
  const newest = useQuery(listBroadcastsOptions({ query: { limit: 1 } })).data?.[0]
  const shop = newest?.definition.sender ?? { from_address: 'shop@example.com' }
  const now = (journey: JourneyDefinition): BroadcastDefinition => {
    const found = stepOf(journey, step.id)
    return asBroadcast(journey, found?.type === 'message' ? found : step, shop)
  }
  const present = now(history.present)
  const writing = {
    ...history,
    present,
    restart: () => undefined,
    change: (next: (was: BroadcastDefinition) => BroadcastDefinition, tag?: string) =>
      history.change((journey) => withWords(journey, step.id, next(now(journey))), tag),
  }
  const voice = useRef<HTMLParagraphElement>(null)
  const first = writtenIn(present.template.variants)[0] ?? spoken
  const acts = useActs(writing, first, (said) => {
    if (voice.current) voice.current.textContent = said
  })
  const [shown, setShown] = useState<Shown>(first)
  const [tab, setTab] = useState<Tab>('block')
  const report = useCheck(acts.definition)
  const verdicts = {
    ja: useVerdicts(acts.definition, 'ja'),
    en: useVerdicts(acts.definition, 'en'),
  }
  const editor: Editor = {
    ...acts,
    verdicts: (language) => verdicts[language],
    problems: report.data?.problems ?? [],
    readsEvent: true,
  }
  const dragging = useDrag(({ id, kind, language }, drop) => {
    if (!id) return acts.add(kind, drop, drop.language)
    if (language === drop.language) return acts.moveTo(drop.language, id, drop)
    const from = language && present.template.variants[language]?.blocks?.blocks
    const found = from?.find((one) => one.id === id)
    if (!found) return
    acts.changeDocument(drop.language, (was) => insert(was, drop, [withNewIds(found)]))
  })
  const languages: Language[] = shown === 'both' ? ['ja', 'en'] : [shown]
  const language = shown === 'both' ? acts.selection.language : shown
  return (
    <EditorContext value={editor}>
      <DragContext value={dragging}>
        <div className={styles.editor}>
          <p>
            <Button variant="light" onClick={onClose}>
              ← {t('back_to_canvas')}
            </Button>{' '}
            <strong>{step.label || t('kind_message')}</strong>
          </p>
          <Toolbar history={history} shown={shown} onShow={setShown} language={language} />
          <div className={styles.bench} data-both={shown === 'both' || undefined}>
            {(!isNarrow || tab === 'block') && (
              <>
                <div className={styles.palette}>
                  <Palette />
                </div>
                <div className={styles.letters}>
                  {languages.map((one) => (
                    <Letter key={one} language={one} />
                  ))}
                </div>
              </>
            )}
            <aside className={styles.side} data-shown={tab !== 'block' || undefined}>
              <Tabs value={tab} onChange={(one) => setTab(one as Tab)} keepMounted={false}>
                <Tabs.List aria-label={say('side')} className={styles.tabs}>
                  {tabs.map((one) => (
                    <Tabs.Tab key={one} value={one} className={styles.tab}>
                      {say(one === 'block' && isNarrow ? 'write' : `tab_${one}`)}
                    </Tabs.Tab>
                  ))}
                </Tabs.List>
                <Tabs.Panel value="block">
                  {!isNarrow && <BlockPanel language={language} />}
                </Tabs.Panel>
                <Tabs.Panel value="preview">
                  <Suspense>
                    <Preview language={language} />
                  </Suspense>
                </Tabs.Panel>
                <Tabs.Panel value="check">
                  <Suspense>
                    <CheckPanel report={report} />
                  </Suspense>
                </Tabs.Panel>
              </Tabs>
            </aside>
          </div>
          <p ref={voice} aria-live="assertive" className={styles.heard} />
          <p id="editor-keys" className={styles.heard}>
            {say('keys')}
          </p>
        </div>
      </DragContext>
    </EditorContext>
  )
}
