import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { changeTopic, type Topic } from '@/api/generated'
import {
  countTopicWishesOptions,
  listTopicsOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import {
  Badge,
  Confirm,
  DataTable,
  EmptyState,
  Loaded,
  Section,
  toast,
  toastFailure,
  useErrorLine,
} from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { SendingPage } from './SendingPage'
import styles from './SendingPage.module.css'
import { TopicDialog } from './TopicDialog'
import { useText } from './texts'

/** Topics customers choose from: made, reworded, retired. */
export default function TopicsScreen() {
  const topics = useQuery(listTopicsOptions())
  return (
    <Loaded query={topics} isPage>
      {(found) => <Topics topics={found} />}
    </Loaded>
  )
}

function Topics({ topics }: { topics: Topic[] }) {
  const t = useText()
  const mayWrite = useMay('write')
  const [edited, setEdited] = useState<Topic | 'new'>()
  const count = topics.filter((one) => !one.is_retired).length
  return (
    <SendingPage
      title={count ? t('topics_some', { count }) : t('topics_none')}
      reason={t('topics_reason')}
      action={mayWrite && <Button onClick={() => setEdited('new')}>{t('topic_make')}</Button>}
    >
      <Section title={t('nav_topics')} isTitleHidden>
        {topics.length ? (
          <TopicTable topics={topics} onEdit={setEdited} />
        ) : (
          <EmptyState title={t('topics_empty')}>{t('topics_empty_reason')}</EmptyState>
        )}
      </Section>
      {edited && (
        <TopicDialog
          topic={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
        />
      )}
    </SendingPage>
  )
}

function TopicTable({ topics, onEdit }: { topics: Topic[]; onEdit: (topic: Topic) => void }) {
  const t = useText()
  const format = useFormat()
  const language = useLanguage()
  const counts = useQuery(countTopicWishesOptions()).data ?? []
  const countOf = (one: Topic) => counts.find(({ id }) => id === one.definition.id)?.count
  return (
    <DataTable
      caption={t('nav_topics')}
      rows={topics}
      rowKey={(one) => one.definition.id}
      columns={[
        {
          id: 'name',
          header: t('topic'),
          cell: ({ definition }) => (
            <>
              {language === 'ja' ? definition.name_ja : definition.name_en}
              <span className={styles.secondary}>
                {language === 'ja' ? definition.name_en : definition.name_ja} · {definition.id}
              </span>
            </>
          ),
        },
        {
          id: 'wanted',
          header: t('wanted'),
          cell: (one) => format.number(countOf(one)?.n_wanted ?? 0),
          isNumber: true,
        },
        {
          id: 'unwanted',
          header: t('unwanted'),
          cell: (one) => format.number(countOf(one)?.n_unwanted ?? 0),
          isNumber: true,
        },
        {
          id: 'state',
          header: t('state'),
          cell: (one) => (
            <Badge tone={one.is_retired ? 'neutral' : 'good'}>
              {t(one.is_retired ? 'topic_retired' : 'topic_offered')}
            </Badge>
          ),
        },
        { id: 'acts', header: '', cell: (one) => <Acts topic={one} onEdit={onEdit} /> },
      ]}
    />
  )
}

function Acts({ topic, onEdit }: { topic: Topic; onEdit: (topic: Topic) => void }) {
  const t = useText()
  const line = useErrorLine()
  const queries = useQueryClient()
  const language = useLanguage()
  const [isAsking, setIsAsking] = useState(false)
  const { id, ...words } = topic.definition
  const name = language === 'ja' ? words.name_ja : words.name_en
  const retire = useMutation({
    mutationFn: (is_retired: boolean) =>
      changeTopic({ path: { topic_id: id }, body: { ...words, is_retired }, throwOnError: true }),
    onSuccess: () => toast(t('saved')),
    onError: (error) => toastFailure(line(error)),
    onSettled: () => {
      setIsAsking(false)
      return queries.invalidateQueries()
    },
  })
  if (!useMay('write')) return null
  return (
    <span className={styles.actions}>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={t('topic_change_of', { name })}
        onClick={() => onEdit(topic)}
      >
        {t('topic_change')}
      </Button>
      <Button
        size="compact-sm"
        variant="subtle"
        aria-label={t(topic.is_retired ? 'topic_back_of' : 'topic_retire_of', { name })}
        onClick={() => (topic.is_retired ? retire.mutate(false) : setIsAsking(true))}
      >
        {t(topic.is_retired ? 'topic_back' : 'topic_retire')}
      </Button>
      <Confirm
        isOpen={isAsking}
        isBusy={retire.isPending}
        title={t('topic_retire_title', { name })}
        confirmLabel={t('topic_retire')}
        onClose={() => setIsAsking(false)}
        onConfirm={() => retire.mutate(true)}
      >
        {t('topic_retire_what')}
      </Confirm>
    </span>
  )
}
