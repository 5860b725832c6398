import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { SearchProgress } from '@/api/generated'
import {
  cancelPersonaSearchMutation,
  findPersonasMutation,
  getPersonaSearchOptions,
  getPersonaSearchQueryKey,
  getPersonasQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { toastFailure, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import styles from './personas.module.css'
import { useText } from './texts'

const pollMilliseconds = 1_000

/** Begins a search, and shows how far it is, whoever began it. */
export function FindPersonas({ label }: { label: string }) {
  const t = useText()
  const mayWrite = useMay('write')
  const errorLine = useErrorLine()
  const client = useQueryClient()
  const search = useSearchProgress()
  const find = useMutation({
    ...findPersonasMutation(),
    onSuccess: (begun) => client.setQueryData(getPersonaSearchQueryKey(), begun),
    onError: (error) => toastFailure(errorLine(error)),
  })
  if (search?.state === 'running') return <Progress search={search} />
  if (!mayWrite) return null
  return (
    <div>
      <Button loading={find.isPending} onClick={() => find.mutate({ body: {} })}>
        {label}
      </Button>
      {search?.state === 'failed' && (
        <p role="alert" className={styles.failed}>
          {t('find_failed')} <span lang="en">{search.error}</span>
        </p>
      )}
    </div>
  )
}

function Progress({ search }: { search: SearchProgress }) {
  const t = useText()
  const format = useFormat()
  const mayWrite = useMay('write')
  const cancel = useMutation(cancelPersonaSearchMutation())
  return (
    <div className={styles.busy}>
      <progress value={search.share} aria-label={t('progress')} />
      <p role="status">{t('finding', { share: format.percent(search.share, 0) })}</p>
      {mayWrite && (
        <Button
          variant="default"
          size="xs"
          loading={cancel.isPending || cancel.isSuccess}
          onClick={() => cancel.mutate({})}
        >
          {t('cancel_find')}
        </Button>
      )}
    </div>
  )
}

/** Asks again while a search runs, and for the personas when it has ended. */
function useSearchProgress(): SearchProgress | undefined {
  const client = useQueryClient()
  const query = useQuery({
    ...getPersonaSearchOptions(),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? pollMilliseconds : false),
  })
  const state = query.data?.state
  const before = useRef(state)
  useEffect(() => {
    if (before.current === 'running' && state === 'done') {
      void client.invalidateQueries({ queryKey: getPersonasQueryKey() })
    }
    before.current = state
  }, [state, client])
  return query.data
}
