import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { endOtherSessions, endSession } from '@/api/generated'
import {
  listSessionsOptions,
  listSessionsQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { Badge, DataTable, Loaded, Section, toastFailure, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import type { SectionProps } from './sections'
import { useText } from './texts'

/** Where the account is open, and the way to close it there. */
export function SessionsSection({ run }: { run: SectionProps['run'] }) {
  const t = useText()
  const format = useFormat()
  const line = useErrorLine()
  const queries = useQueryClient()
  const sessions = useQuery(listSessionsOptions())
  const end = useMutation({
    mutationFn: (id: string | undefined) =>
      run<unknown>(() =>
        id
          ? endSession({ path: { session_id: id }, throwOnError: true })
          : endOtherSessions({ throwOnError: true }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: listSessionsQueryKey() }),
    onError: (error) => toastFailure(line(error)),
  })
  const hasOthers = (sessions.data?.length ?? 0) > 1
  return (
    <Section
      title={t('sessions')}
      note={t('sessions_note')}
      aside={
        hasOthers && (
          <Button variant="default" size="xs" onClick={() => end.mutate(undefined)}>
            {t('sessions_end_others')}
          </Button>
        )
      }
    >
      <Loaded query={sessions}>
        {(found) => (
          <DataTable
            caption={t('sessions')}
            rows={found}
            rowKey={(one) => one.id}
            columns={[
              { id: 'browser', header: t('browser'), cell: (one) => browserName(one.browser) },
              { id: 'address', header: t('address'), cell: (one) => one.address },
              { id: 'since', header: t('since'), cell: (one) => format.instant(one.created_at) },
              {
                id: 'end',
                header: t('actions'),
                cell: (one) =>
                  one.is_this ? (
                    <Badge tone="good">{t('this_browser')}</Badge>
                  ) : (
                    <Button variant="default" size="xs" onClick={() => end.mutate(one.id)}>
                      {t('session_end')}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  )
}

const browsers = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'] as const
const systems = ['iPhone', 'iPad', 'Android', 'Windows', 'Mac', 'Linux'] as const
const shownAs: Partial<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera' }

/** "Firefox · Mac" of a user agent; what it says itself if it is none of the usual ones. */
function browserName(agent: string): string {
  const browser = browsers.find((name) => agent.includes(name))
  const system = systems.find((name) => agent.includes(name))
  if (!browser) return agent.slice(0, 40) || '–'
  return [shownAs[browser] ?? browser, system].filter(Boolean).join(' · ')
}
