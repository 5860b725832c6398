import { useQuery } from '@tanstack/react-query'
import type { SizePoint } from '@/api/generated'
import { listSegmentSizesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Distribution, EmptyState, Loaded, Section } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from './texts'

const weekMilliseconds = 7 * 86_400_000

/** The size at the end of each week, over half a year. */
export function SizeHistory({ segmentId }: { segmentId: string }) {
  const t = useText()
  const format = useFormat()
  const query = useQuery(
    listSegmentSizesOptions({ path: { segment_id: segmentId }, query: { days: 190 } }),
  )
  return (
    <Section title={t('history')} note={t('history_note')}>
      <Loaded query={query}>
        {(points) =>
          points.length < 2 || points.every((point) => point.size === 0) ? (
            <EmptyState title={t('history_empty')}>{t('history_empty_how')}</EmptyState>
          ) : (
            <Distribution
              title={t('history')}
              headers={[t('date'), t('members')]}
              points={byWeek(points).map((point) => ({
                label: format.day(point.at),
                value: point.size,
                text: format.number(point.size),
              }))}
            />
          )
        }
      </Loaded>
    </Section>
  )
}

/** Keeps the last size of each week. */
function byWeek(points: SizePoint[]): SizePoint[] {
  const weeks = new Map(
    points.map((point) => [Math.floor(Date.parse(point.at) / weekMilliseconds), point]),
  )
  return [...weeks.values()]
}
