import { ActionIcon, SegmentedControl } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconCode,
  IconDots,
  IconTrash,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Menu, type MenuEntry } from '@/design'
import { useIsNarrow } from '@/design/writing/useIsNarrow'
import type { Language } from '@/language/i18n'
import { freshDocument } from './blocks/fresh'
import styles from './EditorScreen.module.css'
import { useEditor } from './state/editor'
import { useText } from './texts'

export type Shown = Language | 'both'

interface Props {
  history: { canUndo: boolean; canRedo: boolean; undo: () => void; redo: () => void }
  shown: Shown
  onShow: (shown: Shown) => void
  language: Language
  children?: ReactNode
}

/** Which language is written, and the way back from the last changes. */
export function Toolbar({ history, shown, onShow, language, children }: Props) {
  const t = useText()
  const isNarrow = useIsNarrow()
  const { clear } = useEditor()
  const entries = useLanguageEntries(language)
  const choices: Shown[] = isNarrow ? ['ja', 'en'] : ['ja', 'en', 'both']
  return (
    <div className={styles.toolbar}>
      <SegmentedControl
        size="sm"
        aria-label={t('languages')}
        value={shown}
        onChange={(one) => {
          clear()
          onShow(one as Shown)
        }}
        data={choices.map((one) => ({ value: one, label: t(one) }))}
      />
      {entries.length > 0 && (
        <Menu
          label={t('language_more', { language: t(language) })}
          entries={entries}
          variant="subtle"
        >
          <IconDots aria-hidden size={18} />
        </Menu>
      )}
      {children}
      <span className={styles.gap} />
      <ActionIcon
        variant="subtle"
        size="lg"
        aria-label={t('undo')}
        title={t('undo_title')}
        disabled={!history.canUndo}
        onClick={history.undo}
      >
        <IconArrowBackUp aria-hidden size={20} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        size="lg"
        aria-label={t('redo')}
        title={t('redo_title')}
        disabled={!history.canRedo}
        onClick={history.redo}
      >
        <IconArrowForwardUp aria-hidden size={20} />
      </ActionIcon>
    </div>
  )
}

/** What can be done with a whole language: written as source instead, or left out. */
function useLanguageEntries(language: Language): MenuEntry[] {
  const t = useText()
  const { definition, changeDefinition, changeVariant } = useEditor()
  const { variants, default_language } = definition.template
  const variant = variants[language]
  if (!variant) return []
  const source = <IconCode aria-hidden size={16} />
  const toSource = (part: 'mjml' | 'html') => ({
    key: part,
    label: t('write_as', { what: part.toUpperCase() }),
    icon: source,
    act: () => changeVariant(language, { blocks: null, mjml: null, html: null, [part]: '' }),
  })
  const entries = variant.blocks
    ? [toSource('mjml'), toSource('html')]
    : [
        {
          key: 'blocks',
          label: t('write_blocks'),
          icon: source,
          act: () =>
            changeVariant(language, { mjml: null, html: null, blocks: freshDocument(language) }),
        },
      ]
  if (language === default_language) return entries
  const leaveOut = () =>
    changeDefinition((now) => {
      const { [language]: _, ...rest } = now.template.variants
      return { ...now, template: { ...now.template, variants: rest } }
    })
  const icon = <IconTrash aria-hidden size={16} />
  const label = t('leave_out', { language: t(language) })
  return [...entries, { key: 'remove', label, icon, isGrave: true, act: leaveOut }]
}
