import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { getSegmentOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loaded } from '@/design'
import { Builder } from './Builder'

export default function SegmentBuilderScreen() {
  const { segmentId } = useParams({ strict: false }) as { segmentId?: string }
  return segmentId ? <Stored key={segmentId} segmentId={segmentId} /> : <Builder key="new" />
}

function Stored({ segmentId }: { segmentId: string }) {
  // What is edited is not replaced under the editor: conflicts are told when it is saved.
  const query = useQuery({
    ...getSegmentOptions({ path: { segment_id: segmentId } }),
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  return <Loaded query={query}>{(segment) => <Builder segment={segment} />}</Loaded>
}
