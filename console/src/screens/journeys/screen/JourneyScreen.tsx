import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import {
  getJourneyDraftOptions,
  getJourneyOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { Loaded } from '@/design'
import { Workroom } from './Workroom'

const refreshMilliseconds = 10_000

/** One journey: its steps, who is where, and its draft. */
export default function JourneyScreen() {
  const { journeyId = '' } = useParams({ strict: false }) as { journeyId?: string }
  const path = { journey_id: journeyId }
  const journey = useQuery({ ...getJourneyOptions({ path }), refetchInterval: refreshMilliseconds })
  // What is written here is newer than what is read again.
  const draft = useQuery({
    ...getJourneyDraftOptions({ path }),
    refetchOnWindowFocus: false,
    staleTime: 0,
    gcTime: 0,
  })
  return (
    <Loaded query={journey} isPage>
      {(found) => (
        <Loaded query={draft} isPage>
          {(written) => <Workroom key={found.id} journey={found} draft={written} />}
        </Loaded>
      )}
    </Loaded>
  )
}
