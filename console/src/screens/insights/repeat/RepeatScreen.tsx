import { useQuery } from '@tanstack/react-query'
import type { RepeatCurves } from '@/api/generated'
import { traceRepeatsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, PageHeader } from '@/design'
import { useFormat } from '@/language/format'
import { Detail } from '../Detail'
import { InsightTabs } from '../InsightTabs'
import { fewestCustomers, NotYet } from '../NotYet'
import { useText } from '../texts'
import { Curves } from './Curves'
import { findReturn, type RepeatFinding } from './curve'

export default function RepeatScreen() {
  const query = useQuery({ ...traceRepeatsOptions(), staleTime: 60_000 })
  return (
    <>
      <InsightTabs />
      <Loaded query={query} lines={10} isPage>
        {(told) => <Told told={told} />}
      </Loaded>
    </>
  )
}

function Told({ told }: { told: RepeatCurves }) {
  const [first] = told.curves
  const count = first?.n_people ?? 0
  const isShown = count >= fewestCustomers
  const found = isShown ? findReturn(first) : null
  return (
    <>
      <Head found={found} count={count} />
      {isShown ? <Curves told={told} /> : <NotYet count={count} />}
      {found && <DueNow found={found} />}
    </>
  )
}

function Head({ found, count }: { found: RepeatFinding | null; count: number }) {
  const t = useText()
  const format = useFormat()
  if (!found) return <PageHeader title={t('repeat_title')} reason={t('repeat_reason')} />
  return (
    <PageHeader
      documentTitle={t('repeat_title')}
      title={t('repeat_finding', {
        share: Math.round(found.share * 100),
        days: found.day,
        half: found.halfDay,
      })}
      reason={`${t('repeat_basis', { people: format.number(count) })} ${t('repeat_reason')}`}
    />
  )
}

/** Who bought once and is in the days in which the second half of those who come back does. */
function DueNow({ found: { day, halfDay } }: { found: RepeatFinding }) {
  const t = useText()
  if (halfDay >= day) return null
  const event = 'Order Completed'
  const condition = {
    type: 'all',
    of: [
      { type: 'event_count', event, count: { at_least: 1, at_most: 1 } },
      { type: 'recency', event, more_than: { days: halfDay }, within: { days: day } },
    ],
  }
  const name = t('due_name', { from: halfDay, to: day })
  return (
    <Detail title={t('due_title')} audiences={[{ label: t('make_due'), name, condition }]}>
      <p>{t('due_text', { from: halfDay, to: day })}</p>
    </Detail>
  )
}
