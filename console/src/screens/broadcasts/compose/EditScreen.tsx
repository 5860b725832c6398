import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { changeBroadcast } from '@/api/generated'
import { getBroadcastOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, PageHeader } from '@/design'
import { ComposeForm } from './ComposeForm'
import { definitionOf, formOf } from './form'
import { useText } from './texts'

/** Writes the next version of a draft. */
export default function EditScreen() {
  const t = useText()
  const { broadcastId = '' } = useParams({ strict: false }) as { broadcastId?: string }
  const path = { broadcast_id: broadcastId }
  const broadcast = useQuery({ ...getBroadcastOptions({ path }), refetchOnWindowFocus: false })
  return (
    <Loaded query={broadcast} isPage>
      {({ definition }) => (
        <>
          <PageHeader
            title={t('edit')}
            reason={definition.name}
            back={{ to: '/broadcasts', label: t('back') }}
          />
          <ComposeForm
            initial={formOf(definition)}
            onSave={async (form) => {
              const body = definitionOf(form, definition)
              return (await changeBroadcast({ path, body, throwOnError: true })).data
            }}
          />
        </>
      )}
    </Loaded>
  )
}
