import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import type { LiveSegment, SegmentAnswer } from '@/api/generated'
import {
  getSegmentOptions,
  listLiveSegmentsOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { ButtonLink, Figure, Figures, Loaded, PageHeader, Section } from '@/design'
import { useFormat } from '@/language/format'
import { Announcing } from './Announcing'
import { Changes } from './Changes'
import { Members } from './Members'
import { SizeHistory } from './SizeHistory'
import { staleSeconds, useFreshness, useNaming } from './segment'
import { Thresholds } from './Thresholds'
import { useText } from './texts'
import { useSentence } from './useSentence'
import { Why } from './Why'

const refreshMilliseconds = 5_000

export default function SegmentScreen() {
  const { segmentId = '' } = useParams({ strict: false })
  const live = useQuery({ ...listLiveSegmentsOptions(), refetchInterval: refreshMilliseconds })
  const segment = useQuery(getSegmentOptions({ path: { segment_id: segmentId } }))
  const state = live.data?.segments.find((one) => one.id === segmentId)
  return (
    <Loaded query={segment} lines={10}>
      {(found) => <One segment={found} live={state} />}
    </Loaded>
  )
}

function One({ segment, live }: { segment: SegmentAnswer; live?: LiveSegment }) {
  const t = useText()
  const naming = useNaming()
  const sentence = useSentence(segment.condition)
  const name = naming(segment)
  const size = live?.size ?? segment.count
  const { person }: Record<string, unknown> = useSearch({ strict: false })
  const why = <Why segmentId={segment.id} personId={typeof person === 'string' ? person : ''} />
  return (
    <>
      <PageHeader
        documentTitle={name}
        title={
          typeof size === 'number'
            ? t('lead_members', { name, count: size })
            : t('lead_unknown', { name })
        }
        reason={sentence}
        back={{ to: '/segments', label: t('back') }}
        action={<Action segment={segment} />}
      />
      {person !== undefined && why}
      {live && <Key live={live} />}
      {live && <SizeHistory segmentId={segment.id} />}
      {live && live.thresholds.length > 0 && <Thresholds keys={live.thresholds} />}
      <Members segmentId={segment.id} />
      {live && <Changes segmentId={segment.id} />}
      {person === undefined && why}
      {live && <Announcing live={live} />}
    </>
  )
}

function Action({ segment }: { segment: SegmentAnswer }) {
  const t = useText()
  const mayWrite = useMay('write')
  if (!mayWrite) return null
  if (segment.is_builtin) {
    return (
      <ButtonLink to="/segments/new" search={{ from: segment.id }}>
        {t('copy')}
      </ButtonLink>
    )
  }
  return (
    <ButtonLink to="/segments/$segmentId/edit" params={{ segmentId: segment.id }}>
      {t('edit')}
    </ButtonLink>
  )
}

function Key({ live }: { live: LiveSegment }) {
  const t = useText()
  const format = useFormat()
  const freshness = useFreshness()
  const lag = live.lag_seconds
  const isStale = lag !== null && lag >= staleSeconds
  const signed = (sign: string, n: number) => (n ? sign : '') + format.number(n)
  return (
    <Section title={t('who')}>
      <Figures>
        <Figure label={t('came')} value={signed('+', live.entered)} />
        <Figure label={t('went')} value={signed('−', live.left)} />
        <Figure
          label={isStale ? t('stale') : t('freshness')}
          value={lag === null ? '–' : t('seconds', { count: Math.round(lag) })}
          note={freshness([live])}
          tone={isStale ? 'guard' : 'ink'}
        />
      </Figures>
    </Section>
  )
}
