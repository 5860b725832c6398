import { useQuery } from '@tanstack/react-query'
import type { Broadcast, BroadcastReport, LinkReport, Progress } from '@/api/generated'
import { getReportOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Bars, DataTable, Figure, Figures, Loaded, Section } from '@/design'
import { useFormat } from '@/language/format'
import { countHeld, countSent, isMoving, useReason } from './state'
import { useText } from './texts'

const refreshMilliseconds = 5_000

/** What became of a broadcast: figures, the way from sent to ordered, links, reasons. */
export function Report({ broadcast, progress }: { broadcast: Broadcast; progress: Progress }) {
  const report = useQuery({
    ...getReportOptions({ path: { broadcast_id: broadcast.id } }),
    refetchInterval: isMoving(progress.state) ? refreshMilliseconds : false,
  })
  return (
    <>
      <Loaded query={report}>
        {(found) => (
          <>
            <Numbers progress={progress} report={found} />
            {found.outcomes.sent > 0 && <Funnel report={found} />}
            {found.outcomes.sent > 0 && <Orders report={found} />}
            {found.links.length > 0 && <Links links={found.links} />}
          </>
        )}
      </Loaded>
      <Reasons reasons={progress.counts.reasons} />
    </>
  )
}

interface NumbersProps {
  progress: Progress
  report: BroadcastReport
}

function Numbers({ progress, report }: NumbersProps) {
  const t = useText()
  const format = useFormat()
  const { outcomes } = report
  const held = countHeld(progress)
  const rate = (n: number) => (outcomes.trackable ? format.percent(n / outcomes.trackable) : '–')
  return (
    <Section title={t('figures')} isTitleHidden>
      <Figures>
        <Figure label={t('audience')} value={format.number(progress.n_audience)} />
        <Figure label={t('sent')} value={format.number(countSent(progress))} />
        <Figure
          label={t('held_back')}
          value={format.number(held)}
          note={held > 0 && t('held_note')}
        />
        <Figure
          label={t('opened')}
          value={rate(outcomes.opened)}
          note={t('opened_note', { count: outcomes.trackable })}
        />
        <Figure label={t('clicked')} value={rate(outcomes.clicked)} />
        <Figure label={t('unsubscribed')} value={format.number(outcomes.unsubscribed)} />
        <Figure label={t('replied')} value={format.number(outcomes.replied)} />
      </Figures>
    </Section>
  )
}

function Funnel({ report }: { report: BroadcastReport }) {
  const t = useText()
  const format = useFormat()
  const { outcomes, attribution } = report
  const ordered = attribution
    .filter((one) => one.touch === 'click')
    .reduce((most, one) => Math.max(most, one.people), 0)
  const machines = (count: number) => (count > 0 ? t('machines', { count }) : undefined)
  const steps = [
    { label: t('step_sent'), value: outcomes.sent },
    { label: t('step_delivered'), value: outcomes.delivered },
    { label: t('step_opened'), value: outcomes.opened, note: machines(outcomes.machine_opened) },
    { label: t('step_clicked'), value: outcomes.clicked, note: machines(outcomes.machine_clicked) },
    { label: t('step_ordered'), value: ordered },
  ]
  return (
    <Section title={t('funnel')}>
      <Bars
        title={t('funnel_note')}
        headers={[t('step'), t('people')]}
        points={steps.map((step) => ({ ...step, text: format.number(step.value) }))}
      />
    </Section>
  )
}

function Orders({ report }: { report: BroadcastReport }) {
  const t = useText()
  const format = useFormat()
  const rows = report.attribution
  return (
    <Section title={t('orders')} note={t('orders_note')}>
      {rows.length === 0 ? (
        <p>{t('no_orders')}</p>
      ) : (
        <Figures>
          {rows.map((one) => (
            <Figure
              key={`${one.touch} ${one.window_days} ${one.currency}`}
              label={t(one.touch === 'click' ? 'touch_click' : 'touch_send', {
                count: one.window_days,
              })}
              value={format.money(one.revenue_minor, one.currency)}
              note={t('orders_n', { orders: one.orders, people: one.people })}
            />
          ))}
        </Figures>
      )}
    </Section>
  )
}

function Links({ links }: { links: LinkReport[] }) {
  const t = useText()
  const format = useFormat()
  const count = (id: 'clickers' | 'clicks' | 'machine_clicks') => ({
    id,
    header: t(id),
    isNumber: true,
    cell: (link: LinkReport) => format.number(link[id]),
  })
  return (
    <Section title={t('links')}>
      <DataTable
        caption={t('links')}
        rows={links}
        rowKey={(link) => link.url}
        columns={[
          { id: 'url', header: t('link'), cell: (link) => link.url },
          count('clickers'),
          count('clicks'),
          count('machine_clicks'),
        ]}
      />
    </Section>
  )
}

function Reasons({ reasons }: { reasons: Record<string, number> }) {
  const t = useText()
  const format = useFormat()
  const sayReason = useReason()
  const rows = Object.entries(reasons).sort(([, one], [, other]) => other - one)
  if (rows.length === 0) return null
  return (
    <Section title={t('reasons')}>
      <Bars
        title={t('reasons_note')}
        headers={[t('reasons'), t('people')]}
        points={rows.map(([code, value]) => ({
          label: sayReason(code),
          value,
          text: format.number(value),
        }))}
      />
    </Section>
  )
}
