import { Button, Group, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { changeTopic, createTopic, type Topic, type TopicDefinition } from '@/api/generated'
import { Dialog, ErrorState, toast } from '@/design'
import { useLanguage } from '@/language/texts'
import styles from './SendingPage.module.css'
import { useText } from './texts'

const fields = [
  { field: 'name_ja', isNeeded: true },
  { field: 'name_en', isNeeded: true },
  { field: 'description_ja', isNeeded: false },
  { field: 'description_en', isNeeded: false },
] as const

const empty: TopicDefinition = {
  id: '',
  name_ja: '',
  name_en: '',
  description_ja: '',
  description_en: '',
}

/** Makes a topic, or words one anew. */
export function TopicDialog({ topic, onClose }: { topic?: Topic; onClose: () => void }) {
  const t = useText()
  const language = useLanguage()
  const queries = useQueryClient()
  const [draft, setDraft] = useState(topic?.definition ?? empty)
  const save = useMutation({
    mutationFn: async () => {
      const { id, ...words } = draft
      if (!topic) return createTopic({ body: draft, throwOnError: true })
      const body = { ...words, is_retired: topic.is_retired }
      return changeTopic({ path: { topic_id: id }, body, throwOnError: true })
    },
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
  const name = (language === 'ja' ? topic?.definition.name_ja : topic?.definition.name_en) ?? ''
  return (
    <Dialog title={topic ? t('topic_change_title', { name }) : t('topic_make')} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        {!topic && (
          <TextInput
            label={t('topic_id')}
            description={t('topic_id_note')}
            required
            withAsterisk={false}
            pattern="[a-z0-9][a-z0-9\-]*"
            maxLength={40}
            data-autofocus
            value={draft.id}
            onChange={(event) => setDraft({ ...draft, id: event.currentTarget.value })}
          />
        )}
        {fields.map(({ field, isNeeded }) => (
          <TextInput
            key={field}
            label={t(field)}
            required={isNeeded}
            withAsterisk={false}
            maxLength={isNeeded ? 80 : 300}
            value={draft[field]}
            onChange={(event) => setDraft({ ...draft, [field]: event.currentTarget.value })}
          />
        ))}
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
