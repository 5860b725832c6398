import { IconGripVertical } from '@tabler/icons-react'
import type { KeyboardEvent } from 'react'
import type { Theme } from '@/api/generated'
import { useIsNarrow } from '@/design/writing/useIsNarrow'
import type { Language } from '@/language/i18n'
import type { AnyBlock } from '../blocks/model'
import { Inspector } from '../panel/Inspector'
import { useEditor } from '../state/editor'
import { useText } from '../texts'
import { useBlockName } from '../useBlockName'
import styles from './BlockFrame.module.css'
import { BlockMenu } from './BlockMenu'
import { BlockView } from './BlockView'
import { useDragging } from './drag'
import { Notes } from './Notes'

interface Props {
  language: Language
  block: AnyBlock
  theme: Required<Theme>
  isInColumn: boolean
}

/** A block in the message: to be chosen, moved by hand or by keys, and written in. */
export function BlockFrame({ language, block, theme, isInColumn }: Props) {
  const t = useText()
  const nameOf = useBlockName()
  const isNarrow = useIsNarrow()
  const { selection, select, changeBlock } = useEditor()
  const { dragged, start } = useDragging()
  const onKeyDown = useKeys(language, block)
  const isChosen = selection.language === language && selection.ids.includes(block.id)
  const isAlone = isChosen && selection.ids.length === 1
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys are those of what is focused within
    <div
      className={styles.frame}
      data-block={block.id}
      data-chosen={isChosen || undefined}
      data-dragged={dragged?.id === block.id || undefined}
      data-space={block.space ?? 'small'}
      data-outside={block.kind === 'footer' || block.kind === 'reason' || undefined}
      onClick={(event) => {
        event.stopPropagation()
        if (event.shiftKey || !isChosen) select(language, block.id, event.shiftKey)
      }}
      onKeyDown={onKeyDown}
    >
      <div className={styles.side}>
        <button
          type="button"
          data-handle
          className={styles.handle}
          aria-label={t('handle', { what: nameOf(block) })}
          aria-pressed={isChosen}
          aria-describedby="editor-keys"
          title={t('handle_title')}
          onPointerDown={(event) => start(event, { kind: block.kind, id: block.id, language })}
          onFocus={({ currentTarget }) => {
            // A press chooses by itself, and knows whether Shift is held.
            if (!isChosen && currentTarget.matches(':focus-visible')) select(language, block.id)
          }}
        >
          <IconGripVertical aria-hidden size={16} />
        </button>
        {isAlone && <BlockMenu language={language} block={block} />}
      </div>
      {block.when && <p className={styles.when}>{t('when_shown', { condition: block.when })}</p>}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a way for focus to choose a block */}
      <div
        className={styles.body}
        ref={(element) => void element?.style.setProperty('background', block.background ?? '')}
        onFocus={(event) => {
          const inner = (event.target as HTMLElement).closest('[data-block]')
          if (inner === event.currentTarget.parentElement && !isChosen) select(language, block.id)
        }}
      >
        <BlockView
          language={language}
          block={block}
          theme={theme}
          isInColumn={isInColumn}
          onChange={(next, tag) => changeBlock(language, next, tag)}
        />
      </div>
      <Notes language={language} id={block.id} />
      {isAlone && isNarrow && (
        <div className={styles.inspector}>
          <Inspector language={language} block={block} />
        </div>
      )}
    </div>
  )
}

/** Alt with an arrow moves from anywhere within; the rest belongs to the handle alone. */
function useKeys(language: Language, block: AnyBlock) {
  const { move, remove, duplicate, select, selection } = useEditor()
  const chosen = selection.ids.includes(block.id) ? selection.ids : [block.id]
  return (event: KeyboardEvent<HTMLElement>) => {
    const by = ({ ArrowUp: -1, ArrowDown: 1 } as const)[event.key as 'ArrowUp' | 'ArrowDown']
    const isOnHandle = (event.target as HTMLElement).dataset.handle !== undefined
    if (event.nativeEvent.isComposing) return
    if (by && event.altKey) move(language, block.id, by)
    else if (event.key === 'Escape' && !isOnHandle) void 0
    else if (!isOnHandle) return
    else if (event.key === 'Delete' || event.key === 'Backspace') remove(language, chosen)
    else if (event.key === 'd' && (event.ctrlKey || event.metaKey)) duplicate(language, chosen)
    else if (by) return focusBeside(event, by, (id) => select(language, id, event.shiftKey))
    else return
    event.preventDefault()
    event.stopPropagation()
    requestAnimationFrame(() => focusHandle(block.id))
  }
}

/** The element may be a new one after a move, so it is looked up. */
export function focusHandle(id: string): void {
  document.querySelector<HTMLElement>(`[data-block="${id}"] [data-handle]`)?.focus()
}

function focusBeside(
  event: KeyboardEvent<HTMLElement>,
  by: 1 | -1,
  onFocus: (id: string) => void,
): void {
  const handles = [...document.querySelectorAll<HTMLElement>('[data-handle]')]
  const next = handles[handles.indexOf(event.target as HTMLElement) + by]
  const id = next?.closest<HTMLElement>('[data-block]')?.dataset.block
  if (!next || !id) return
  event.preventDefault()
  event.stopPropagation()
  next.focus()
  onFocus(id)
}
