import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type InboxEntry, listMail } from '@/api/generated'
import {
  ButtonLink,
  type Column,
  DataTable,
  EmptyState,
  Loaded,
  PageHeader,
  SearchField,
  TextLink,
} from '@/design'
import { useFormat } from '@/language/format'
import styles from './InboxScreen.module.css'
import { useText } from './texts'

const pageSize = 30

/** Every message this installation sent, newest first. */
export default function InboxScreen() {
  const t = useText()
  const navigate = useNavigate()
  const { q = '' } = useSearch({ strict: false }) as { q?: string }
  const mail = useMail(String(q))
  const find = (text: string) =>
    navigate({ to: '/inbox', search: text ? { q: text } : {}, replace: true })
  return (
    <>
      <PageHeader title={t('lead')} documentTitle={t('title')} reason={t('reason')} />
      <div className={styles.finder}>
        <SearchField
          label={t('search')}
          placeholder={t('search')}
          value={String(q)}
          onSearch={find}
        />
      </div>
      <Loaded query={mail} lines={8}>
        {({ pages }) => (
          <Messages
            entries={pages.flat()}
            isSearch={q !== ''}
            onMore={mail.hasNextPage ? () => mail.fetchNextPage() : undefined}
            isLoadingMore={mail.isFetchingNextPage}
          />
        )}
      </Loaded>
    </>
  )
}

function useMail(recipient: string) {
  return useInfiniteQuery({
    queryKey: ['mail', recipient],
    queryFn: async ({ pageParam, signal }) => {
      const query = { recipient, before_id: pageParam, limit: pageSize }
      return (await listMail({ query, signal, throwOnError: true })).data
    },
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => (page.length === pageSize ? page.at(-1)?.id : undefined),
    placeholderData: keepPreviousData,
  })
}

interface MessagesProps {
  entries: InboxEntry[]
  isSearch: boolean
  onMore?: () => void
  isLoadingMore: boolean
}

function Messages({ entries, isSearch, onMore, isLoadingMore }: MessagesProps) {
  const t = useText()
  const format = useFormat()
  if (entries.length === 0) {
    return isSearch ? (
      <EmptyState title={t('not_found')}>{t('not_found_how')}</EmptyState>
    ) : (
      <EmptyState
        title={t('none')}
        action={<ButtonLink to="/broadcasts">{t('to_broadcasts')}</ButtonLink>}
      >
        {t('none_how')}
      </EmptyState>
    )
  }
  const columns: Column<InboxEntry>[] = [
    {
      id: 'subject',
      header: t('subject'),
      cell: (one) => (
        <TextLink to="/inbox/$mailId" params={{ mailId: String(one.id) }}>
          {one.subject || t('no_subject')}
        </TextLink>
      ),
    },
    { id: 'recipient', header: t('recipient'), cell: (one) => one.rcpt_to.join(', ') },
    {
      id: 'received',
      header: t('received'),
      cell: (one) => <time dateTime={one.received_at}>{format.instant(one.received_at)}</time>,
    },
  ]
  return (
    <DataTable
      caption={t('messages')}
      columns={columns}
      rows={entries}
      rowKey={(one) => one.id}
      onMore={onMore}
      isLoadingMore={isLoadingMore}
    />
  )
}
