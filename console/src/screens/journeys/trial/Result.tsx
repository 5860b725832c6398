import type { Simulation, SimulationResult } from '@/api/generated'
import { useShop } from '@/app/session'
import { Bars, DataTable, Distribution, Figure, Figures, Section } from '@/design'
import { useFormat } from '@/language/format'
import type { JourneyDefinition } from '../model/definition'
import { perPersonOf, stopsOf } from './figures'
import { People } from './People'
import { Picture } from './Picture'
import styles from './Trial.module.css'
import { useText } from './texts'
import { useReasonWords } from './useReasonWords'

interface Props {
  simulation: Simulation
  result: SimulationResult
}

/** What a simulation found: the sum, where it happened, to whom. */
export function Result({ simulation, result }: Props) {
  const t = useText()
  const format = useFormat()
  return (
    <>
      <Sum result={result} />
      <p className={styles.when}>
        {t('trial_of', {
          since: format.day(result.since),
          until: format.day(result.until),
          ago: format.ago(simulation.started_at),
        })}{' '}
        {t('trial_floor')}
      </p>
      <Section title={t('trial_where')} note={t('trial_where_note')}>
        <Picture definition={simulation.definition as JourneyDefinition} result={result} />
      </Section>
      <div className={styles.charts}>
        <PerPerson result={result} />
        <Stops result={result} />
      </div>
      {result.real && <Real result={result} real={result.real} />}
      <People simulation={simulation} count={result.sample.length} />
    </>
  )
}

function Sum({ result }: { result: SimulationResult }) {
  const t = useText()
  const format = useFormat()
  const { currency } = useShop()
  const { entries, people, sent, reached_goal, cost_minor, effect } = result
  const stopped = stopsOf(result).reduce((sum, [, count]) => sum + count, 0)
  const most = Math.max(0, ...Object.keys(result.messages_per_person).map(Number))
  return (
    <Figures>
      <Figure
        value={format.number(entries)}
        label={t('trial_entered')}
        note={t('trial_entered_note', { count: people })}
      />
      <Figure
        value={format.number(sent)}
        label={t('trial_sent')}
        note={people > 0 && t('trial_sent_note', { each: (sent / people).toFixed(1), most })}
      />
      <Figure
        value={format.number(stopped)}
        label={t('trial_stopped')}
        note={stopped > 0 && t('trial_stopped_note')}
        tone={stopped > 0 ? 'guard' : 'ink'}
      />
      <Figure
        value={format.number(reached_goal)}
        label={t('trial_goal')}
        note={result.value_minor > 0 && format.money(result.value_minor, currency)}
      />
      {cost_minor > 0 && (
        <Figure value={format.money(cost_minor, currency)} label={t('trial_cost')} />
      )}
      <Effect effect={effect} />
    </Figures>
  )
}

/** What the journey may add, as surely as its holdout tells; nothing is claimed without one. */
function Effect({ effect }: Pick<SimulationResult, 'effect'>) {
  const t = useText()
  const format = useFormat()
  if (!effect) {
    return (
      <Figure
        value={t('trial_effect_none')}
        label={t('trial_effect')}
        note={t('trial_effect_none_note')}
      />
    )
  }
  const { conversions, low = 0, high = 0, past, is_known } = effect
  const rate = (of = 0, all = 0) => format.percent(of / all)
  const whole = (one: number) => format.number(Math.round(one))
  return (
    <Figure
      value={is_known ? whole(conversions) : t('trial_effect_unknown')}
      label={t('trial_effect')}
      note={t(is_known ? 'trial_effect_note' : 'trial_effect_unknown_note', {
        low: whole(low),
        high: whole(high),
        with_it: rate(past.converted, past.entered),
        without: rate(past.held_out_converted, past.held_out),
      })}
    />
  )
}

function PerPerson({ result }: Pick<Props, 'result'>) {
  const t = useText()
  const format = useFormat()
  if (result.people === 0) return null
  return (
    <Distribution
      title={t('trial_per_person')}
      headers={[t('trial_per_person_x'), t('trial_people')]}
      points={perPersonOf(result.messages_per_person).map(({ messages, people }) => ({
        label: format.number(messages),
        value: people,
        text: format.number(people),
        isMuted: messages === 0,
      }))}
    />
  )
}

function Stops({ result }: Pick<Props, 'result'>) {
  const t = useText()
  const format = useFormat()
  const sayReason = useReasonWords()
  const stops = stopsOf(result)
  if (stops.length === 0) return null
  return (
    <Bars
      title={t('trial_why_stopped')}
      headers={[t('trial_reasons'), t('trial_messages')]}
      points={stops.map(([reason, count]) => ({
        label: sayReason(reason),
        value: count,
        text: format.number(count),
      }))}
    />
  )
}

function Real({
  result,
  real,
}: {
  result: SimulationResult
  real: NonNullable<SimulationResult['real']>
}) {
  const t = useText()
  const format = useFormat()
  const rows: [string, number, number][] = [
    [t('trial_entered'), result.entries, real.entries],
    [t('trial_people'), result.people, real.people],
    [t('trial_held_out'), result.held_out, real.held_out],
    [t('trial_messages'), result.sent, real.messages],
    [t('trial_goal'), result.reached_goal, real.reached_goal],
  ]
  return (
    <Section title={t('trial_real')} note={t('trial_real_note')}>
      <DataTable
        caption={t('trial_real')}
        rows={rows}
        rowKey={([name]) => name}
        columns={[
          { id: 'name', header: t('trial_figure'), cell: ([name]) => name },
          {
            id: 'tried',
            header: t('trial_tried'),
            isNumber: true,
            cell: ([, tried]) => format.number(tried),
          },
          {
            id: 'live',
            header: t('trial_live'),
            isNumber: true,
            cell: ([, , live]) => format.number(live),
          },
        ]}
      />
    </Section>
  )
}
