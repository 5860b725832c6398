import { ActionIcon, Tabs } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp, IconZoomIn, IconZoomOut } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useDeferredValue, useMemo, useRef, useState } from 'react'
import { Dialog, Loading } from '@/design'
import type { useHistory } from '@/design/writing/history'
import { useIsNarrow } from '@/design/writing/useIsNarrow'
import { useUndoKeys } from '@/design/writing/useUndoKeys'
import { Choice } from '../../editor/panel/fields'
import { Canvas } from '../canvas/Canvas'
import { Keys } from '../canvas/Keys'
import { Outline } from '../canvas/Outline'
import { placeJourney } from '../layout/place'
import type { Fault, JourneyDefinition } from '../model/definition'
import type { Edge } from '../model/ways'
import { type Board, BoardContext } from '../state/board'
import type { Figures } from '../state/figures'
import { useBoardActs } from '../state/useBoardActs'
import { useText } from '../texts'
import styles from './Bench.module.css'

const AddDialog = lazy(() => import('../canvas/AddDialog'))
const Panels = lazy(() => import('../panel/Panels'))
const MessageBench = lazy(() => import('../message/MessageBench'))

interface Props {
  history: ReturnType<typeof useHistory<JourneyDefinition>>
  faults: readonly Fault[]
  figures: Figures | undefined
  mayChange: boolean
  onPeople?: (step: string) => void
  /** Stands between the canvas and its tools. */
  children?: ReactNode
}

const scales = [0.4, 0.55, 0.75, 1, 1.25]

/** The steps as a picture or a list, and beside them what can be said of each. */
export function Bench(props: Props) {
  const { history, faults, figures, mayChange, onPeople, children } = props
  const t = useText()
  const isNarrow = useIsNarrow()
  const journey = history.present
  const layout = useMemo(() => placeJourney(journey), [journey])
  const voice = useRef<HTMLParagraphElement>(null)
  const announce = (words: string) => {
    if (voice.current) voice.current.textContent = words
  }
  const acts = useBoardActs({ history, layout, announce })
  const [view, setView] = useState<'canvas' | 'list'>(isNarrow ? 'list' : 'canvas')
  const [scale, setScale] = useState(1)
  const [asked, setAsked] = useState<Edge>()
  const [tab, setTab] = useState<'step' | 'rules'>('step')
  const [isOpen, setIsOpen] = useState(false)
  const [written, setWritten] = useState<string>()
  useUndoKeys({
    undo: () => {
      history.undo()
      announce(t('said_undone'))
    },
    redo: () => {
      history.redo()
      announce(t('said_redone'))
    },
  })
  const board: Board = {
    ...acts,
    journey,
    layout,
    figures,
    faults,
    mayChange,
    ask: setAsked,
    announce,
    open: () => {
      setTab('step')
      setIsOpen(true)
    },
  }
  // The panel may lag behind a finger that rests on an arrow.
  const shownId = useDeferredValue(acts.focus)
  const panel = (
    <Side tab={tab} onTab={setTab}>
      <Suspense fallback={<Loading lines={6} />}>
        <Panels tab={tab} id={shownId} onWrite={setWritten} onPeople={onPeople} />
      </Suspense>
    </Side>
  )
  if (written !== undefined) {
    return (
      <Suspense fallback={<Loading lines={10} />}>
        <MessageBench stepId={written} history={history} onClose={() => setWritten(undefined)} />
      </Suspense>
    )
  }
  return (
    <BoardContext value={board}>
      <div className={styles.bench}>
        <div className={styles.tools}>
          <Choice
            label={t('view')}
            value={view}
            choices={[
              ['canvas', t('view_canvas')],
              ['list', t('view_list')],
            ]}
            onChange={setView}
          />
          {view === 'canvas' && <Zoom scale={scale} onScale={setScale} />}
          {children}
          <span className={styles.gap} />
          {mayChange && <Undoing history={history} />}
        </div>
        <div className={styles.columns} data-view={view}>
          <div className={styles.picture}>
            {view === 'canvas' ? <Canvas scale={scale} /> : <Outline />}
          </div>
          {!isNarrow && <aside className={styles.side}>{panel}</aside>}
        </div>
        {isNarrow && (
          <div className={styles.foot}>
            <button
              type="button"
              onClick={() => {
                setTab('rules')
                setIsOpen(true)
              }}
            >
              {t('tab_rules')}
            </button>
          </div>
        )}
        <Keys />
        <p ref={voice} aria-live="assertive" className={styles.heard} />
      </div>
      {isNarrow && isOpen && (
        <Dialog title={journey.name} onClose={() => setIsOpen(false)}>
          {panel}
        </Dialog>
      )}
      {asked && (
        <Suspense>
          <AddDialog edge={asked} onClose={() => setAsked(undefined)} />
        </Suspense>
      )}
    </BoardContext>
  )
}

interface SideProps {
  tab: 'step' | 'rules'
  onTab: (tab: 'step' | 'rules') => void
  children: ReactNode
}

function Side({ tab, onTab, children }: SideProps) {
  const t = useText()
  return (
    <Tabs value={tab} onChange={(one) => onTab(one as 'step')} keepMounted={false}>
      <Tabs.List aria-label={t('side')} className={styles.tabs}>
        <Tabs.Tab value="step">{t('tab_step')}</Tabs.Tab>
        <Tabs.Tab value="rules">{t('tab_rules')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value={tab}>{children}</Tabs.Panel>
    </Tabs>
  )
}

function Zoom({ scale, onScale }: { scale: number; onScale: (scale: number) => void }) {
  const t = useText()
  const at = scales.indexOf(scale)
  const to = (by: number) => scales[at + by]
  const button = (by: 1 | -1, label: string, icon: ReactNode) => {
    const next = to(by)
    return (
      <ActionIcon
        variant="subtle"
        size="lg"
        aria-label={label}
        disabled={next === undefined}
        onClick={() => next !== undefined && onScale(next)}
      >
        {icon}
      </ActionIcon>
    )
  }
  return (
    <span className={styles.zoom}>
      {button(-1, t('zoom_out'), <IconZoomOut aria-hidden size={19} />)}
      {button(1, t('zoom_in'), <IconZoomIn aria-hidden size={19} />)}
    </span>
  )
}

function Undoing({ history }: Pick<Props, 'history'>) {
  const t = useText()
  return (
    <span>
      <ActionIcon
        variant="subtle"
        size="lg"
        aria-label={t('undo')}
        disabled={!history.canUndo}
        onClick={history.undo}
      >
        <IconArrowBackUp aria-hidden size={19} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        size="lg"
        aria-label={t('redo')}
        disabled={!history.canRedo}
        onClick={history.redo}
      >
        <IconArrowForwardUp aria-hidden size={19} />
      </ActionIcon>
    </span>
  )
}
