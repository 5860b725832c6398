import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { getBroadcastOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { ButtonLink, EmptyState, Loaded } from '@/design'
import { useText } from './texts'
import { Workbench } from './Workbench'

/** Where a message is written. */
export default function EditorScreen() {
  const t = useText()
  const mayWrite = useMay('write')
  const { broadcastId = '' } = useParams({ strict: false }) as { broadcastId?: string }
  const path = { broadcast_id: broadcastId }
  const broadcast = useQuery({ ...getBroadcastOptions({ path }), refetchOnWindowFocus: false })
  const look = (
    <ButtonLink to="/broadcasts/$broadcastId" params={{ broadcastId }}>
      {t('look')}
    </ButtonLink>
  )
  return (
    <Loaded query={broadcast} isPage>
      {(found) =>
        found.state === 'draft' && mayWrite ? (
          <Workbench key={found.id} broadcast={found} />
        ) : (
          <EmptyState isPage title={t(mayWrite ? 'was_sent' : 'may_not')} action={look}>
            {t(mayWrite ? 'was_sent_how' : 'may_not_how')}
          </EmptyState>
        )
      }
    </Loaded>
  )
}
