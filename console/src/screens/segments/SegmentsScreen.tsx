import { useQuery } from '@tanstack/react-query'
import type { LiveSegment } from '@/api/generated'
import { listLiveSegmentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import {
  Bars,
  ButtonLink,
  type Column,
  DataTable,
  EmptyState,
  Loaded,
  PageHeader,
  Section,
  Sparkline,
  TextLink,
} from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { RfmGrid } from './RfmGrid'
import styles from './SegmentsScreen.module.css'
import { useFreshness, useNaming } from './segment'
import { useText } from './texts'

const refreshMilliseconds = 5_000
const stagePrefix = 'builtin:stage_'

export default function SegmentsScreen() {
  const t = useText()
  const mayWrite = useMay('write')
  const freshness = useFreshness()
  const query = useQuery({ ...listLiveSegmentsOptions(), refetchInterval: refreshMilliseconds })
  const segments = query.data?.segments ?? []
  return (
    <>
      <PageHeader
        documentTitle={t('title')}
        title={query.data ? t('lead', { count: query.data.total }) : t('title')}
        reason={query.data && freshness(segments)}
        action={mayWrite && <ButtonLink to="/segments/new">{t('new')}</ButtonLink>}
      />
      <Loaded query={query} lines={10}>
        {({ segments: found }) => <Overview segments={found} />}
      </Loaded>
    </>
  )
}

function Overview({ segments }: { segments: LiveSegment[] }) {
  const t = useText()
  const own = segments.filter((one) => !one.is_builtin)
  const ready = segments.filter((one) => one.is_builtin && !one.id.startsWith(stagePrefix))
  return (
    <>
      <div className={styles.pictures}>
        <Stages segments={segments.filter((one) => one.id.startsWith(stagePrefix))} />
        <RfmGrid />
      </div>
      <Section title={t('own')}>
        {own.length > 0 ? (
          <SegmentTable caption={t('own')} segments={own} />
        ) : (
          <EmptyState title={t('own_empty')}>{t('own_empty_how')}</EmptyState>
        )}
        <p className={styles.next}>
          <TextLink to="/segments/lookalikes">{t('lookalikes')}</TextLink>
        </p>
      </Section>
      <Section title={t('ready')} note={t('ready_note')}>
        <SegmentTable caption={t('ready')} segments={ready} />
      </Section>
    </>
  )
}

function Stages({ segments }: { segments: LiveSegment[] }) {
  const t = useText()
  const format = useFormat()
  const naming = useNaming()
  const all = segments.reduce((sum, one) => sum + (one.size ?? 0), 0) || 1
  return (
    <Section title={t('stages')} note={t('stages_note')}>
      <Bars
        title={t('stages')}
        headers={[t('stage'), t('members')]}
        points={segments.map((one) => ({
          label: capitalised(naming(one).replace(/^.*?[:：] ?/, '')),
          value: one.size ?? 0,
          text: one.size === null ? '–' : format.number(one.size),
          note: format.percent((one.size ?? 0) / all, 0),
        }))}
      />
    </Section>
  )
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function SegmentTable({ caption, segments }: { caption: string; segments: LiveSegment[] }) {
  const t = useText()
  const format = useFormat()
  const columns: Column<LiveSegment>[] = [
    { id: 'name', header: t('segment'), cell: (one) => <Name segment={one} /> },
    {
      id: 'size',
      header: t('members'),
      isNumber: true,
      cell: (one) => (one.size === null ? '–' : format.number(one.size)),
    },
    { id: 'trend', header: t('trend'), cell: (one) => <Trend segment={one} /> },
    { id: 'week', header: t('week'), cell: (one) => <Week segment={one} /> },
    {
      id: 'changed',
      header: t('changed'),
      cell: ({ changed_at: at }) =>
        at ? (
          <time dateTime={at} title={format.instant(at)}>
            {format.ago(at)}
          </time>
        ) : (
          '–'
        ),
    },
  ]
  return <DataTable caption={caption} columns={columns} rows={segments} rowKey={(one) => one.id} />
}

function Name({ segment }: { segment: LiveSegment }) {
  const language = useLanguage()
  const naming = useNaming()
  const description = language === 'ja' ? segment.description_ja : segment.description_en
  return (
    <div className={styles.name}>
      <TextLink to="/segments/$segmentId" params={{ segmentId: segment.id }}>
        {naming(segment)}
      </TextLink>
      {description && <span>{description}</span>}
    </div>
  )
}

function Trend({ segment }: { segment: LiveSegment }) {
  const t = useText()
  const format = useFormat()
  const naming = useNaming()
  const values = segment.trend.map((point) => point.size)
  const [first, last] = [values[0], values.at(-1)]
  if (values.length < 2 || first === undefined || last === undefined) return '–'
  const label = t('trend_of', {
    name: naming(segment),
    first: format.number(first),
    last: format.number(last),
  })
  return <Sparkline values={values} label={label} />
}

function Week({ segment }: { segment: LiveSegment }) {
  const format = useFormat()
  if (!segment.entered && !segment.left) return '–'
  return (
    <span className={styles.week}>
      {segment.entered > 0 && <span>+{format.number(segment.entered)}</span>}{' '}
      {segment.left > 0 && <span>−{format.number(segment.left)}</span>}
    </span>
  )
}
