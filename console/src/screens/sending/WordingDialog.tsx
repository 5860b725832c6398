import { Button, Group, NativeSelect, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { createWording, type WordingText } from '@/api/generated'
import { Dialog, ErrorState, toast } from '@/design'
import { usePurpose } from '@/language/purposes'
import styles from './SendingPage.module.css'
import { useText } from './texts'

export type Draft = Required<WordingText>

const purposes = ['marketing', 'tracking', 'profiling', 'enrichment'] as const

/** Writes the next version of the words for a purpose. */
export function WordingDialog({ initial, onClose }: { initial: Draft; onClose: () => void }) {
  const t = useText()
  const sayPurpose = usePurpose()
  const queries = useQueryClient()
  const [draft, setDraft] = useState(initial)
  const save = useMutation({
    mutationFn: () => createWording({ body: draft, throwOnError: true }),
    onSuccess: async () => {
      toast(t('saved'))
      await queries.invalidateQueries()
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Dialog title={t('wording_title')} onClose={onClose} isWide>
      <form className={styles.stack} onSubmit={submit}>
        <p>{t('wording_note')}</p>
        <NativeSelect
          label={t('wording_purpose')}
          value={draft.purpose}
          onChange={(event) => setDraft({ ...draft, purpose: event.currentTarget.value })}
          data={purposes.map((value) => ({ value, label: sayPurpose(value) }))}
        />
        <div className={styles.pair}>
          {(['ja', 'en'] as const).map((language) => (
            <Textarea
              key={language}
              label={t(`wording_${language}`)}
              lang={language}
              required
              withAsterisk={false}
              rows={6}
              maxLength={2000}
              value={draft[language]}
              onChange={(event) => setDraft({ ...draft, [language]: event.currentTarget.value })}
            />
          ))}
        </div>
        {save.isError && <ErrorState error={save.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('save')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}
