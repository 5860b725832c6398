import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { listSavedBlocksOptions } from '@/api/generated/@tanstack/react-query.gen'
import { insert, type Of, placeOf, remove, withNewIds } from '../blocks/model'
import { BlockView, type ViewProps } from '../canvas/BlockView'
import { useEditor } from '../state/editor'
import { useText } from '../texts'
import styles from './saved.module.css'

export const useSavedBlocks = () => useQuery({ ...listSavedBlocksOptions(), staleTime: 30_000 })

/** What a saved block stands for, as it is now; changed for all messages at once, or made one's own. */
export function SavedView({ language, block, theme }: ViewProps<Of<'saved'>>) {
  const t = useText()
  const { changeDocument, announce } = useEditor()
  const saved = useSavedBlocks()
  const found = saved.data?.find((one) => one.id === block.saved_id)
  if (!found) return <p className={styles.lost}>{saved.isPending ? '…' : t('saved_lost')}</p>
  const unfold = () => {
    changeDocument(language, (now) => {
      const place = placeOf(now, block.id)
      const own = found.definition.blocks.map(withNewIds)
      return place ? insert(remove(now, [block.id]), place, own) : now
    })
    announce(t('said_unfolded', { what: found.definition.name }))
  }
  return (
    <div className={styles.saved}>
      <p className={styles.name}>
        <span>{t('saved_name', { name: found.definition.name, count: found.n_uses })}</span>
        <Button size="compact-xs" variant="subtle" onClick={unfold}>
          {t('unfold')}
        </Button>
      </p>
      <div inert>
        {found.definition.blocks.map((one) => (
          <BlockView
            key={one.id}
            language={language}
            block={one}
            theme={theme}
            onChange={() => undefined}
          />
        ))}
      </div>
    </div>
  )
}
