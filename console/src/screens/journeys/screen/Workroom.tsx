import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import {
  type Journey,
  type JourneyDraft,
  type JourneyDefinition as Stored,
  saveJourneyDraft,
} from '@/api/generated'
import { useMay } from '@/app/session'
import { ButtonLink } from '@/design'
import { useHistory } from '@/design/writing/history'
import { useAutosave } from '@/design/writing/useAutosave'
import { Bench } from '../bench/Bench'
import type { JourneyDefinition } from '../model/definition'
import { figuresOf } from '../state/figures'
import { isOfJourneys, useCounts, useStepMessages } from '../state/journeys'
import { useText } from '../texts'
import { Conflict } from './Conflict'
import { Header } from './Header'
import { PeopleDialog } from './PeopleDialog'
import { faultsOfRefusal } from './refusal'

const ExplainDialog = lazy(() => import('../explain/ExplainDialog'))

interface Props {
  journey: Journey
  draft: JourneyDraft
}

/** The draft as it is written, kept whenever its author pauses; the live version is apart. */
export function Workroom({ journey, draft }: Props) {
  const t = useText()
  const queries = useQueryClient()
  const mayWrite = useMay('write') && journey.state !== 'cancelled'
  const [first] = useState(draft)
  const history = useHistory(first.definition as JourneyDefinition)
  const [faults, setFaults] = useState(draft.faults)
  const path = { journey_id: journey.id }
  const stored = { document: history.present, version: first.draft_no }
  const autosave = useAutosave(stored, history.present, async (body, based_on) => {
    const { data } = await saveJourneyDraft({
      path,
      query: { based_on },
      body: body as Stored,
      throwOnError: true,
    })
    setFaults(data.faults)
    void queries.invalidateQueries({ predicate: ({ queryKey }) => isOfJourneys(queryKey) })
    return data.draft_no
  })
  const counts = useCounts(journey.id, journey.state).data
  const became = useStepMessages(journey.id, journey.state).data
  const figures = useMemo(() => counts && figuresOf(counts, became), [counts, became])
  const { saving } = autosave
  const shown = useMemo(
    () =>
      saving.state === 'refused'
        ? [...faultsOfRefusal(history.present, saving.error), ...faults]
        : faults,
    [saving, faults, history.present],
  )
  const [step, setStep] = useState<string>()
  const [asks, setAsks] = useState(false)
  return (
    <>
      <Header
        journey={journey}
        definition={history.present}
        faults={shown}
        counts={counts}
        autosave={autosave}
      />
      <Bench
        history={history}
        faults={shown}
        figures={figures}
        mayChange={mayWrite}
        onPeople={setStep}
      >
        <ButtonLink
          to="/journeys/$journeyId/trial"
          params={{ journeyId: journey.id }}
          variant="subtle"
          size="compact-md"
        >
          {t('trial')}
        </ButtonLink>
        {journey.state !== 'draft' && (
          <Button variant="subtle" size="compact-md" onClick={() => setAsks(true)}>
            {t('explain')}
          </Button>
        )}
      </Bench>
      {step !== undefined && (
        <PeopleDialog
          journey={journey}
          definition={history.present}
          stepId={step}
          onClose={() => setStep(undefined)}
        />
      )}
      {asks && (
        <Suspense>
          <ExplainDialog
            journeyId={journey.id}
            definition={history.present}
            onClose={() => setAsks(false)}
          />
        </Suspense>
      )}
      {saving.state === 'conflict' && (
        <Conflict journeyId={journey.id} autosave={autosave} onRestart={history.restart} />
      )}
    </>
  )
}
