import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { changeSavedBlocks, saveBlocks } from '@/api/generated'
import { listSavedBlocksQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { Dialog, ErrorState, onEnter, toast } from '@/design'
import type { Language } from '@/language/i18n'
import { type AnyBlock, insert, newId, placeOf, remove } from '../blocks/model'
import { useEditor } from '../state/editor'
import { useText } from '../texts'
import { useSavedBlocks } from './SavedView'
import styles from './saved.module.css'

interface Props {
  language: Language
  blocks: AnyBlock[]
  onClose: () => void
}

/** Keeps blocks under a name, new or known; here they become the saved ones at once. */
export function KeepDialog({ language, blocks, onClose }: Props) {
  const t = useText()
  const [name, setName] = useState('')
  const [savedId, setSavedId] = useState('')
  const known = useSavedBlocks().data ?? []
  const keep = useKeep(language, blocks, onClose)
  const chosen = known.find((one) => one.id === savedId)
  const act = () => {
    const under = chosen?.definition.name ?? name.trim()
    if (under) keep.mutate({ name: under, savedId })
  }
  return (
    <Dialog title={t('keep_title')} onClose={onClose}>
      <div className={styles.keep}>
        <p>{t('keep_what')}</p>
        {known.length > 0 && (
          <NativeSelect
            label={t('keep_under')}
            value={savedId}
            onChange={(event) => setSavedId(event.currentTarget.value)}
            data={[
              { value: '', label: t('keep_new') },
              ...known.map((one) => ({ value: one.id, label: one.definition.name })),
            ]}
          />
        )}
        {chosen ? (
          <p>{t('keep_over', { count: chosen.n_uses })}</p>
        ) : (
          <TextInput
            data-autofocus
            label={t('keep_name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            onKeyDown={onEnter(act)}
          />
        )}
        {keep.isError && <ErrorState error={keep.error} />}
        <div className={styles.end}>
          <Button loading={keep.isPending} disabled={!chosen && !name.trim()} onClick={act}>
            {t('keep_now')}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

function useKeep(language: Language, blocks: AnyBlock[], onDone: () => void) {
  const t = useText()
  const queries = useQueryClient()
  const { changeDocument } = useEditor()
  return useMutation({
    mutationFn: async ({ name, savedId }: { name: string; savedId: string }) => {
      const body = { name, blocks }
      const options = { body, throwOnError: true } as const
      const { data } = savedId
        ? await changeSavedBlocks({ path: { saved_id: savedId }, ...options })
        : await saveBlocks(options)
      return data
    },
    onSuccess: async (saved) => {
      await queries.invalidateQueries({ queryKey: listSavedBlocksQueryKey() })
      changeDocument(language, (now) => {
        const place = placeOf(now, blocks[0]?.id ?? '')
        const ids = blocks.map((one) => one.id)
        if (!place || place.list) return now // columns hold no saved blocks
        return insert(remove(now, ids), place, [{ kind: 'saved', id: newId(), saved_id: saved.id }])
      })
      toast(t('kept', { name: saved.definition.name }))
      onDone()
    },
  })
}
