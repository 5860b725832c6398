import { Button } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import type { Journey, JourneyCounts } from '@/api/generated'
import { useMay } from '@/app/session'
import { Badge, Confirm, Menu, type MenuEntry, PageHeader } from '@/design'
import type { Autosave } from '@/design/writing/useAutosave'
import { useFormat } from '@/language/format'
import type { Fault, JourneyDefinition } from '../model/definition'
import { type Act, tones, useStateAct } from '../state/journeys'
import { useText } from '../texts'
import styles from './Header.module.css'

const PublishDialog = lazy(() => import('./PublishDialog'))

interface Props {
  journey: Journey
  definition: JourneyDefinition
  faults: readonly Fault[]
  counts: JourneyCounts | undefined
  autosave: Autosave<JourneyDefinition>
}

/** Who is on the way, whether the draft is kept, and the way to the public. */
export function Header({ journey, definition, faults, counts, autosave }: Props) {
  const t = useText()
  const format = useFormat()
  const maySend = useMay('send') && journey.state !== 'cancelled'
  const [asks, setAsks] = useState<'publish' | 'cancel'>()
  const { state, active } = journey
  const act = useStateAct(journey.id, () => setAsks(undefined))
  const entered = counts?.conversions.entered ?? 0
  const publish = async () => {
    await autosave.save()
    setAsks('publish')
  }
  return (
    <>
      <PageHeader
        title={t(`lead_${state}`, { count: active })}
        documentTitle={definition.name}
        back={{ to: '/journeys', label: t('back') }}
        reason={
          <span className={styles.reason}>
            <strong>{definition.name}</strong>
            <Badge tone={tones[state]}>{t(`state_${state}`)}</Badge>
            {counts && entered > 0 && (
              <span>
                {t('converted', {
                  share: format.percent(counts.conversions.converted / entered),
                  entered,
                })}
              </span>
            )}
            {journey.version > 0 && journey.has_changes && <span>{t('has_changes')}</span>}
            <SavingLine autosave={autosave} />
          </span>
        }
        action={
          maySend && (
            <span className={styles.acts}>
              {state !== 'draft' && (
                <Menu
                  label={t('more')}
                  variant="subtle"
                  size="lg"
                  entries={entriesOf(t, state, act.mutate, () => setAsks('cancel'))}
                >
                  <IconDots aria-hidden size={20} />
                </Menu>
              )}
              <Button onClick={publish}>{t('publish')}</Button>
            </span>
          )
        }
      />
      {asks === 'publish' && (
        <Suspense>
          <PublishDialog
            journey={journey}
            definition={definition}
            faults={faults}
            version={autosave.version}
            onClose={() => setAsks(undefined)}
          />
        </Suspense>
      )}
      <Confirm
        isOpen={asks === 'cancel'}
        title={t('end_title')}
        confirmLabel={t('end_now')}
        isIrreversible
        isBusy={act.isPending}
        onClose={() => setAsks(undefined)}
        onConfirm={() => act.mutate('cancel')}
      >
        <p>{t('end_what', { count: active })}</p>
      </Confirm>
    </>
  )
}

function entriesOf(
  t: ReturnType<typeof useText>,
  state: Journey['state'],
  act: (act: Act) => void,
  onEnd: () => void,
): MenuEntry[] {
  const can: Act[] = state === 'running' ? ['pause', 'drain'] : ['resume']
  if (state === 'draining') can.push('pause')
  return [
    ...can.map((one) => ({ key: one, label: t(one as 'pause'), act: () => act(one) })),
    { key: 'cancel', label: t('end_for_good'), isGrave: true, act: onEnd },
  ]
}

function SavingLine({ autosave: { saving } }: Pick<Props, 'autosave'>) {
  const t = useText()
  const words = {
    saved: t('saved'),
    waiting: t('unsaved'),
    saving: t('saving'),
    offline: t('offline'),
    conflict: t('save_conflict'),
    refused: t('refused'),
  }
  const isBad = ['refused', 'offline', 'conflict'].includes(saving.state)
  return (
    <span className={styles.saving} data-state={saving.state} role={isBad ? 'alert' : undefined}>
      {words[saving.state]}
      {saving.state === 'refused' && <span lang="en"> {saving.error.body?.message}</span>}
    </span>
  )
}
