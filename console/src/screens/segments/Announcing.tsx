import { Switch } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { LiveSegment } from '@/api/generated'
import {
  changeAnnouncingMutation,
  listLiveSegmentsQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { Section, toast, toastFailure, useErrorLine } from '@/design'
import { useText } from './texts'

/** Whether coming and going become events. */
export function Announcing({ live }: { live: LiveSegment }) {
  const t = useText()
  const mayWrite = useMay('write')
  const errorLine = useErrorLine()
  const client = useQueryClient()
  const change = useMutation({
    ...changeAnnouncingMutation(),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: listLiveSegmentsQueryKey() })
      toast(t('saved'))
    },
    onError: (error) => toastFailure(errorLine(error)),
  })
  return (
    <Section title={t('announce')}>
      <Switch
        label={t('announce_note')}
        checked={live.announces}
        disabled={!mayWrite || change.isPending}
        onChange={(event) =>
          change.mutate({
            path: { segment_id: live.id },
            body: { announces: event.currentTarget.checked },
          })
        }
      />
    </Section>
  )
}
