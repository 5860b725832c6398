import type { Trial } from '@/api/generated'
import { Bars, Section } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from '../texts'
import { useFaultName } from '../violations/ViolationTable'

/** What the plan would have made of the newest events. */
export function TrialLine({ trial }: { trial: Trial }) {
  const t = useText()
  const format = useFormat()
  const faultName = useFaultName()
  const said = t('trial', {
    n: format.number(trial.n_events),
    flagged: format.number(trial.n_flagged),
    blocked: format.number(trial.n_blocked),
  })
  return (
    <div role="status">
      <Section title={t('try_rule')} note={said}>
        {trial.faults.length > 0 && (
          <Bars
            title={t('tab_violations')}
            headers={[t('violation'), t('count_header')]}
            points={trial.faults.slice(0, 20).map((one) => ({
              label: `${one.subject || t('traits_rule')} ${one.path.replace(/^\$\.?/, '')} – ${faultName(one.code)}`,
              value: one.n,
              text: format.number(one.n),
              note: t(`mode_${one.mode}`),
            }))}
          />
        )}
      </Section>
    </div>
  )
}
