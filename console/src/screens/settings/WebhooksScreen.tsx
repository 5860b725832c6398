import { Button, Group } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  type Endpoint,
  type NewEndpoint,
  replayWebhookCalls,
  setWebhookEndpointState,
  testWebhookEndpoint,
} from '@/api/generated'
import {
  listWebhookEndpointsOptions,
  listWebhookEndpointsQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { DataTable, EmptyState, Loaded, toast, toastFailure, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import { EndpointDialog } from './EndpointDialog'
import { SettingsPage } from './SettingsPage'
import styles from './SettingsPage.module.css'
import { ShownOnce } from './ShownOnce'
import { useText } from './texts'

/** Systems that are told what happens, and how each fares. */
export default function WebhooksScreen() {
  const t = useText()
  const page = useQuery(listWebhookEndpointsOptions({ query: { limit: 500 } }))
  const [isMaking, setIsMaking] = useState(false)
  const [made, setMade] = useState<NewEndpoint>()
  const count = page.data?.total ?? 0
  return (
    <SettingsPage
      title={
        page.data ? t(count ? 'webhooks_title' : 'webhooks_empty', { count }) : t('nav_webhooks')
      }
      reason={t('webhooks_reason')}
      action={<Button onClick={() => setIsMaking(true)}>{t('webhook_make')}</Button>}
    >
      <div className={styles.block}>
        {made && (
          <ShownOnce
            note={t('webhook_once', { name: made.endpoint.definition.name })}
            value={made.secret}
          />
        )}
        <Loaded query={page}>
          {({ endpoints }) =>
            endpoints.length ? (
              <EndpointsTable endpoints={endpoints} />
            ) : (
              <EmptyState>{t('webhooks_empty_reason')}</EmptyState>
            )
          }
        </Loaded>
      </div>
      {isMaking && <EndpointDialog onMade={setMade} onClose={() => setIsMaking(false)} />}
    </SettingsPage>
  )
}

function EndpointsTable({ endpoints }: { endpoints: Endpoint[] }) {
  const t = useText()
  const format = useFormat()
  const fares = useFares()
  return (
    <DataTable
      caption={t('nav_webhooks')}
      rows={endpoints}
      rowKey={(one) => one.id}
      columns={[
        { id: 'name', header: t('name'), cell: (one) => one.definition.name },
        { id: 'url', header: t('webhook_url'), cell: (one) => one.definition.url },
        {
          id: 'types',
          header: t('webhook_types'),
          cell: ({ definition }) =>
            definition.types?.length ? format.list(definition.types) : t('webhook_only_journeys'),
        },
        { id: 'state', header: t('webhook_state'), cell: fares },
        {
          id: 'waiting',
          header: t('webhook_waiting'),
          isNumber: true,
          cell: (one) => format.number(one.n_waiting ?? 0),
        },
        {
          id: 'dead',
          header: t('webhook_dead'),
          isNumber: true,
          cell: (one) => format.number(one.n_dead ?? 0),
        },
        { id: 'actions', header: t('actions'), cell: (one) => <Acts endpoint={one} /> },
      ]}
    />
  )
}

/** Says how an endpoint fares. */
function useFares(): (one: Endpoint) => string {
  const t = useText()
  const format = useFormat()
  return (one) => {
    if (one.state === 'disabled') return t(`webhook_off_${one.disabled_because ?? 'member'}`)
    if (one.failing_since) return t('webhook_failing', { when: format.ago(one.failing_since) })
    return t('webhook_fine')
  }
}

function Acts({ endpoint }: { endpoint: Endpoint }) {
  const t = useText()
  const line = useErrorLine()
  const queries = useQueryClient()
  const path = { endpoint_id: endpoint.id }
  const isEnabled = endpoint.state === 'enabled'
  const act = useMutation({
    mutationFn: async (how: 'test' | 'replay' | 'switch') => {
      if (how === 'test') {
        await testWebhookEndpoint({ path, throwOnError: true })
        toast(t('webhook_tested', { name: endpoint.definition.name }))
      } else if (how === 'replay') {
        const { data } = await replayWebhookCalls({ path, body: {}, throwOnError: true })
        toast(t('webhook_replayed', { count: data.n_queued }))
      } else {
        const body = { is_enabled: !isEnabled }
        await setWebhookEndpointState({ path, body, throwOnError: true })
      }
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: listWebhookEndpointsQueryKey() }),
    onError: (error) => toastFailure(line(error)),
  })
  const button = (how: 'test' | 'replay' | 'switch', label: string) => (
    <Button variant="default" size="xs" disabled={act.isPending} onClick={() => act.mutate(how)}>
      {label}
    </Button>
  )
  return (
    <Group gap="xs" wrap="nowrap">
      {isEnabled && button('test', t('webhook_test'))}
      {isEnabled && Boolean(endpoint.n_dead) && button('replay', t('webhook_replay'))}
      {button('switch', t(isEnabled ? 'webhook_disable' : 'webhook_enable'))}
    </Group>
  )
}
