import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { listSimulatedPeople, type SimulatedPerson, type Simulation } from '@/api/generated'
import { Badge, type Column, DataTable, Loaded, Section } from '@/design'
import { useFormat } from '@/language/format'
import type { JourneyDefinition } from '../model/definition'
import { stepOf } from '../model/ways'
import { useStepWords } from '../state/useStepWords'
import { useText } from './texts'
import { useOutcomeWords, useReasonWords } from './useReasonWords'
import { WayDialog } from './WayDialog'

interface Props {
  simulation: Simulation
  /** How many there are to look at. */
  count: number
}

const page = 25

/** Who would have got what and when, of every kind of ending; each can be gone through. */
export function People({ simulation, count }: Props) {
  const t = useText()
  const format = useFormat()
  const [opened, setOpened] = useState<SimulatedPerson>()
  const definition = simulation.definition as JourneyDefinition
  const people = useInfiniteQuery({
    queryKey: ['simulated people', simulation.id],
    queryFn: async ({ pageParam }) => {
      const path = { simulation_id: simulation.id }
      const query = { after: pageParam, limit: page }
      return (await listSimulatedPeople({ path, query, throwOnError: true })).data
    },
    initialPageParam: 0,
    getNextPageParam: (last, all) => (last.length === page ? all.length * page : undefined),
    enabled: count > 0,
  })
  if (count === 0) return null
  const columns: Column<SimulatedPerson>[] = [
    { id: 'who', header: t('trial_person'), cell: (one) => one.person?.name || t('erased') },
    { id: 'when', header: t('trial_when'), cell: ({ entry }) => format.instant(entry.entered_at) },
    {
      id: 'got',
      header: t('trial_got'),
      cell: (one) => <Got one={one} definition={definition} />,
    },
    { id: 'ending', header: t('trial_ending'), cell: ({ entry }) => <Ending entry={entry} /> },
    {
      id: 'open',
      header: t('trial_walk'),
      cell: (one) => (
        <Button variant="subtle" size="compact-sm" onClick={() => setOpened(one)}>
          {t('trial_walk')}
        </Button>
      ),
    },
  ]
  return (
    <Section title={t('trial_who')} note={t('trial_who_note', { count })}>
      <Loaded query={people}>
        {({ pages }) => (
          <DataTable
            caption={t('trial_who')}
            columns={columns}
            rows={pages.flat()}
            rowKey={({ entry }) => `${entry.number} ${entry.entered_at}`}
            onMore={people.hasNextPage ? () => people.fetchNextPage() : undefined}
            isLoadingMore={people.isFetchingNextPage}
          />
        )}
      </Loaded>
      {opened && (
        <WayDialog one={opened} definition={definition} onClose={() => setOpened(undefined)} />
      )}
    </Section>
  )
}

/** Each message and what became of it. */
function Got({
  one: { entry },
  definition,
}: {
  one: SimulatedPerson
  definition: JourneyDefinition
}) {
  const t = useText()
  const words = useStepWords()
  const say = useBecame()
  const messages = entry.path.filter(({ message }) => message)
  if (messages.length === 0) return t('trial_nothing')
  return (
    <>
      {messages.map((passed) => {
        const step = stepOf(definition, passed.step)
        return (
          <p key={passed.step}>
            {step ? words.name(step) : passed.step} · {say(passed)}
          </p>
        )
      })}
    </>
  )
}

/** Says what became of a message: sent when, or why not. */
export function useBecame(): (passed: SimulatedPerson['entry']['path'][number]) => string {
  const t = useText()
  const format = useFormat()
  const sayReason = useReasonWords()
  return ({ message, message_at }) => {
    if (message === 'sent') {
      return t('trial_became_sent', { when: message_at ? format.instant(message_at) : '' })
    }
    return message === 'queued' ? t('trial_became_queued') : sayReason(message)
  }
}

function Ending({ entry: { outcome } }: Pick<SimulatedPerson, 'entry'>) {
  const t = useText()
  const say = useOutcomeWords()
  if (outcome === '') return <Badge tone="neutral">{t('trial_on_way')}</Badge>
  return <Badge tone={outcome === 'goal' ? 'good' : 'neutral'}>{say(outcome)}</Badge>
}
