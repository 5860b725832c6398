import { Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { Broadcast, BroadcastDefinition } from '@/api/generated'
import { getBroadcastOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Dialog, Loaded, PageHeader } from '@/design'
import { useSegmentName } from '../broadcasts/state'
import { useText as useTrialText } from '../trials/texts'
import styles from './EditorScreen.module.css'
import { useEditor } from './state/editor'
import { countLetters } from './state/letters'
import type { useAutosave } from './state/useAutosave'
import { useText } from './texts'

const TestDialog = lazy(() => import('../trials/TestDialog'))

interface Props {
  broadcast: Broadcast
  /** The place of the letter that is written. */
  place: number
  autosave: ReturnType<typeof useAutosave>
  onRestart: (definition: BroadcastDefinition) => void
  onCheck: () => void
}

/** What is written, for whom, whether it is saved, and the way on. */
export function Header({ broadcast, place, autosave, onRestart, onCheck }: Props) {
  const t = useText()
  const navigate = useNavigate()
  const { definition } = useEditor()
  const segment = useSegmentName()(definition.segment)
  const sayTest = useTrialText()
  const [isLeaving, setIsLeaving] = useState(false)
  const [isTesting, setIsTesting] = useState(false)
  const goOn = async () => {
    setIsLeaving(true)
    const isSaved = await autosave.save()
    setIsLeaving(false)
    if (!isSaved) return onCheck()
    await navigate({ to: '/broadcasts/$broadcastId', params: { broadcastId: broadcast.id } })
  }
  const test = async () => {
    if (await autosave.save()) setIsTesting(true)
    else onCheck()
  }
  return (
    <>
      <PageHeader
        title={definition.name || t('nameless')}
        reason={
          <span className={styles.state}>
            <SavingLine autosave={autosave} />
            <span>{segment}</span>
          </span>
        }
        back={{ to: '/broadcasts', label: t('back') }}
        action={
          <>
            <Button variant="default" disabled={isLeaving} onClick={test}>
              {sayTest('test')}
            </Button>
            <Button loading={isLeaving || autosave.saving.state === 'saving'} onClick={goOn}>
              {t('go_on')}
            </Button>
          </>
        }
      />
      {isTesting && (
        <Suspense>
          <TestDialog
            broadcastId={broadcast.id}
            letters={countLetters(definition)}
            place={place}
            onClose={() => setIsTesting(false)}
          />
        </Suspense>
      )}
      {autosave.saving.state === 'conflict' && (
        <Conflict broadcast={broadcast} autosave={autosave} onRestart={onRestart} />
      )}
    </>
  )
}

function SavingLine({ autosave: { saving } }: Pick<Props, 'autosave'>) {
  const t = useText()
  const { state } = saving
  const isBad = state === 'refused' || state === 'offline' || state === 'conflict'
  return (
    <span className={styles.saving} data-state={state} role={isBad ? 'alert' : undefined}>
      {t(state)}
      {state === 'refused' && (
        <span lang="en">
          {' '}
          {saving.error.body?.message} {saving.error.body?.hint}
        </span>
      )}
    </span>
  )
}

/** Somebody else wrote meanwhile: nothing of either is lost before one has chosen. */
function Conflict({ broadcast, autosave, onRestart }: Omit<Props, 'onCheck' | 'place'>) {
  const t = useText()
  const path = { broadcast_id: broadcast.id }
  const newest = useQuery({ ...getBroadcastOptions({ path }), gcTime: 0, staleTime: 0 })
  const settle = (theirs: Broadcast, keepsMine: boolean) => {
    if (!keepsMine) onRestart(theirs.definition)
    autosave.settle({ document: theirs.definition, version: theirs.version }, keepsMine)
  }
  return (
    <Dialog title={t('conflict_title')} onClose={() => undefined} hasCloseButton={false}>
      <Loaded query={newest}>
        {(theirs) => (
          <>
            <p>{t(theirs.state === 'draft' ? 'conflict_what' : 'conflict_sent')}</p>
            <Group justify="flex-end" mt="lg">
              {theirs.state === 'draft' && (
                <Button variant="default" onClick={() => settle(theirs, true)}>
                  {t('keep_mine')}
                </Button>
              )}
              <Button data-autofocus onClick={() => settle(theirs, false)}>
                {t('take_theirs')}
              </Button>
            </Group>
          </>
        )}
      </Loaded>
    </Dialog>
  )
}
