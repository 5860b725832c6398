import { Fragment } from 'react'
import type { Theme } from '@/api/generated'
import type { Language } from '@/language/i18n'
import type { AnyBlock, ListId } from '../blocks/model'
import { useEditor } from '../state/editor'
import { useText } from '../texts'
import { BlockFrame } from './BlockFrame'
import styles from './Canvas.module.css'
import { useDragging } from './drag'

interface Props {
  language: Language
  list: ListId
  blocks: AnyBlock[]
  theme: Required<Theme>
}

/** Blocks below each other; while one is dragged, a line says where it would go. */
export function BlockList({ language, list, blocks, theme }: Props) {
  const { drop } = useDragging()
  const at = drop?.list === list && drop.language === language ? drop.index : -1
  return (
    <div data-list={list} data-language={language} className={styles.list}>
      {blocks.map((block, index) => (
        <Fragment key={block.id}>
          {at === index && <i className={styles.drop} />}
          <BlockFrame language={language} block={block} theme={theme} isInColumn={list !== ''} />
        </Fragment>
      ))}
      {at === blocks.length && <i className={styles.drop} />}
      {!blocks.length && <EmptyList language={language} list={list} />}
    </div>
  )
}

function EmptyList({ language, list }: Pick<Props, 'language' | 'list'>) {
  const t = useText()
  const { selection, selectList } = useEditor()
  const isChosen = selection.language === language && selection.list === list
  return (
    <button
      type="button"
      className={styles.empty}
      aria-pressed={isChosen}
      onClick={() => selectList(language, list)}
    >
      {t(isChosen ? 'list_chosen' : 'list_empty')}
    </button>
  )
}
