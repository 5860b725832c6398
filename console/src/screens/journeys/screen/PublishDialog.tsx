import { Button, Group, NativeSelect, Radio } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  type Journey,
  type PublishOptions,
  previewJourneyPublication,
  publishJourney,
} from '@/api/generated'
import { listJourneyVersionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Dialog, ErrorState, Loaded, toast } from '@/design'
import { useFaultWords } from '../canvas/useFaultWords'
import type { Fault, JourneyDefinition } from '../model/definition'
import { stepOf, stepsOf } from '../model/ways'
import { PublishReadiness } from '../readiness/Readiness'
import { isOfJourneys } from '../state/journeys'
import { useStepWords } from '../state/useStepWords'
import { useText } from '../texts'
import { DiffList } from './DiffList'
import styles from './PublishDialog.module.css'

interface Props {
  journey: Journey
  definition: JourneyDefinition
  faults: readonly Fault[]
  /** The draft that was looked at. */
  version: number
  onClose: () => void
}

/** What will be another, and what becomes of those on the way; then it is live. */
export default function PublishDialog(props: Props) {
  const { journey, definition, faults, onClose } = props
  const t = useText()
  const isFirst = journey.version === 0
  return (
    <Dialog title={t(isFirst ? 'publish_title_first' : 'publish_title')} onClose={onClose} isWide>
      {faults.length > 0 ? (
        <FaultList definition={definition} faults={faults} />
      ) : (
        <Publishing {...props} />
      )}
    </Dialog>
  )
}

function FaultList({ definition, faults }: Pick<Props, 'definition' | 'faults'>) {
  const t = useText()
  const words = useStepWords()
  const say = useFaultWords()
  const nameOf = ({ path }: Fault) => {
    const step = stepOf(definition, path.split('.')[1] ?? '')
    return step ? words.name(step) : ''
  }
  return (
    <div className={styles.body}>
      <p>{t('publish_faults', { count: faults.length })}</p>
      <ul className={styles.faults}>
        {faults.map((one) => (
          <li key={one.path + one.code}>
            {nameOf(one) && <strong>{nameOf(one)} </strong>}
            {say(one)}
          </li>
        ))}
      </ul>
    </div>
  )
}

function Publishing({ journey, definition, version, onClose }: Props) {
  const t = useText()
  const words = useStepWords()
  const queries = useQueryClient()
  const isFirst = journey.version === 0
  const [people, setPeople] = useState<'stay' | 'move'>('stay')
  const [moves, setMoves] = useState<Record<string, string>>({})
  const options: PublishOptions = { people, moves, based_on: version }
  const path = { journey_id: journey.id }
  const publish = useMutation({
    mutationFn: async () => {
      await publishJourney({ path, body: options, throwOnError: true })
    },
    onSuccess: async () => {
      toast(t('published'))
      await queries.invalidateQueries({ predicate: ({ queryKey }) => isOfJourneys(queryKey) })
      onClose()
    },
  })
  return (
    <div className={styles.body}>
      {isFirst ? (
        <p>{t('publish_first', { when: words.trigger(definition.trigger) })}</p>
      ) : (
        <Live journeyId={journey.id} definition={definition} />
      )}
      {journey.active > 0 && !isFirst && (
        <Radio.Group
          label={t('publish_people')}
          value={people}
          onChange={(one) => setPeople(one as 'stay')}
        >
          {(['stay', 'move'] as const).map((one) => (
            <Radio key={one} mt="xs" value={one} label={t(`people_${one}`)} />
          ))}
        </Radio.Group>
      )}
      {people === 'move' && (
        <Moves
          journeyId={journey.id}
          definition={definition}
          options={options}
          onMove={(step, to) => setMoves({ ...moves, [step]: to })}
        />
      )}
      <PublishReadiness />
      {publish.isError && <ErrorState error={publish.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button loading={publish.isPending} onClick={() => publish.mutate()}>
          {t('publish_now')}
        </Button>
      </Group>
    </div>
  )
}

function Live({ journeyId, definition }: { journeyId: string; definition: JourneyDefinition }) {
  const versions = useQuery({
    ...listJourneyVersionsOptions({ path: { journey_id: journeyId } }),
    staleTime: 0,
  })
  return (
    <Loaded query={versions}>
      {([live]) =>
        live && <DiffList before={live.definition as JourneyDefinition} after={definition} />
      }
    </Loaded>
  )
}

interface MovesProps {
  journeyId: string
  definition: JourneyDefinition
  options: PublishOptions
  onMove: (step: string, to: string) => void
}

/** How many would be moved, and where those go whose step is no more. */
function Moves({ journeyId, definition, options, onMove }: MovesProps) {
  const t = useText()
  const words = useStepWords()
  const preview = useQuery({
    queryKey: ['publication-preview', journeyId, options],
    queryFn: async ({ signal }) => {
      const path = { journey_id: journeyId }
      const body = options
      return (await previewJourneyPublication({ path, body, signal, throwOnError: true })).data
    },
    gcTime: 0,
  })
  return (
    <Loaded query={preview}>
      {({ people, steps }) => (
        <>
          <p>{t('moves', { count: people })}</p>
          {steps
            .filter(({ step }) => !stepOf(definition, step))
            .map((one) => (
              <NativeSelect
                key={`${one.version} ${one.step}`}
                label={t('move_from', { count: one.people, step: one.step })}
                value={options.moves?.[one.step] ?? '?'}
                onChange={(event) => onMove(one.step, event.currentTarget.value)}
                data={[
                  { value: '?', label: t('move_choose'), disabled: true },
                  ...stepsOf(definition).map((step) => ({
                    value: step.id,
                    label: `${words.name(step)} – ${words.detail(step)}`,
                  })),
                  { value: '', label: t('move_end') },
                ]}
              />
            ))}
        </>
      )}
    </Loaded>
  )
}
