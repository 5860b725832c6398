import { Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getJourneyDraft } from '@/api/generated'
import { Dialog, Loaded } from '@/design'
import type { Autosave } from '@/design/writing/useAutosave'
import type { JourneyDefinition } from '../model/definition'
import { useText } from '../texts'

interface Props {
  journeyId: string
  autosave: Autosave<JourneyDefinition>
  onRestart: (definition: JourneyDefinition) => void
}

/** Somebody else wrote meanwhile: nothing of either is lost before one has chosen. */
export function Conflict({ journeyId, autosave, onRestart }: Props) {
  const t = useText()
  const path = { journey_id: journeyId }
  const newest = useQuery({
    queryKey: ['journey-draft-newest', journeyId],
    queryFn: async ({ signal }) =>
      (await getJourneyDraft({ path, signal, throwOnError: true })).data,
    gcTime: 0,
    staleTime: 0,
  })
  return (
    <Dialog title={t('conflict_title')} onClose={() => undefined} hasCloseButton={false}>
      <Loaded query={newest}>
        {({ definition, draft_no }) => {
          const theirs = definition as JourneyDefinition
          const settle = (keepsMine: boolean) => {
            if (!keepsMine) onRestart(theirs)
            autosave.settle({ document: theirs, version: draft_no }, keepsMine)
          }
          return (
            <>
              <p>{t('conflict_what')}</p>
              <Group justify="flex-end" mt="lg">
                <Button variant="default" onClick={() => settle(true)}>
                  {t('keep_mine')}
                </Button>
                <Button data-autofocus onClick={() => settle(false)}>
                  {t('take_theirs')}
                </Button>
              </Group>
            </>
          )
        }}
      </Loaded>
    </Dialog>
  )
}
