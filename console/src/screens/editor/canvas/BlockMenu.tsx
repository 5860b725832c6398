import { ActionIcon } from '@mantine/core'
import {
  IconArrowDown,
  IconArrowUp,
  IconBookmark,
  IconCopy,
  IconDots,
  IconLanguage,
  IconTrash,
} from '@tabler/icons-react'
import { useState } from 'react'
import { Menu, type MenuEntry } from '@/design'
import type { Language } from '@/language/i18n'
import { type AnyBlock, findBlock, insert, placeOf, replace } from '../blocks/model'
import { KeepDialog } from '../saved/KeepDialog'
import { useEditor } from '../state/editor'
import { useText } from '../texts'
import { focusHandle } from './BlockFrame'
import styles from './BlockFrame.module.css'

/** What can be done with a block beside changing it. */
export function BlockMenu({ language, block }: { language: Language; block: AnyBlock }) {
  const t = useText()
  const { move, remove, duplicate, definition, changeDocument } = useEditor()
  const [keeps, setKeeps] = useState(false)
  const other: Language = language === 'ja' ? 'en' : 'ja'
  const across = definition.template.variants[other]?.blocks
  const step = (by: 1 | -1) => {
    move(language, block.id, by)
    requestAnimationFrame(() => focusHandle(block.id))
  }
  const entries: MenuEntry[] = [
    {
      key: 'copy',
      label: t('duplicate'),
      icon: <IconCopy aria-hidden size={16} />,
      keys: 'Ctrl D',
      act: () => duplicate(language, [block.id]),
    },
  ]
  if (block.kind !== 'saved') {
    entries.push({
      key: 'keep',
      label: t('keep'),
      icon: <IconBookmark aria-hidden size={16} />,
      act: () => setKeeps(true),
    })
  }
  if (across) {
    entries.push({
      key: 'across',
      label: t('copy_across', { language: t(other) }),
      icon: <IconLanguage aria-hidden size={16} />,
      act: () => changeDocument(other, (now) => broughtOver(now, block, definition, language)),
    })
  }
  entries.push({
    key: 'remove',
    label: t('remove'),
    icon: <IconTrash aria-hidden size={16} />,
    keys: 'Del',
    isGrave: true,
    act: () => remove(language, [block.id]),
  })
  return (
    <div className={styles.acts}>
      <ActionIcon
        variant="subtle"
        size={26}
        aria-label={t('up')}
        title={t('up_title')}
        onClick={() => step(-1)}
      >
        <IconArrowUp aria-hidden size={16} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        size={26}
        aria-label={t('down')}
        title={t('down_title')}
        onClick={() => step(1)}
      >
        <IconArrowDown aria-hidden size={16} />
      </ActionIcon>
      <Menu label={t('more')} entries={entries} variant="subtle" size={26}>
        <IconDots aria-hidden size={16} />
      </Menu>
      {keeps && <KeepDialog language={language} blocks={[block]} onClose={() => setKeeps(false)} />}
    </div>
  )
}

/** In the other language a block takes the place of the one with its id, else comes where it would be. */
function broughtOver(
  now: Parameters<typeof replace>[0],
  block: AnyBlock,
  definition: ReturnType<typeof useEditor>['definition'],
  language: Language,
) {
  if (findBlock(now, block.id)) return replace(now, block)
  const here = definition.template.variants[language]?.blocks
  const index = (here && placeOf(here, block.id)?.index) ?? now.blocks.length
  return insert(now, { list: '', index: Math.min(index, now.blocks.length) }, [block])
}
