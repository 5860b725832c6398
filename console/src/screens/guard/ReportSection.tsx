import type { GuardReport, GuardRule, GuardRuleReport } from '@/api/generated'
import { Badge, EmptyState, Section } from '@/design'
import { useLanguage } from '@/language/texts'
import styles from './guard.module.css'
import { useText } from './texts'

interface Props {
  report: GuardReport
  rules: Map<string, GuardRule>
}

/** Each rule that objected: how often, in what words, and what to change. */
export function ReportSection({ report, rules }: Props) {
  const t = useText()
  return (
    <Section title={t('report')} note={t('report_note', { days: report.days })}>
      {report.rules.length === 0 ? (
        <EmptyState title={t('report_empty')}>{t('report_empty_how')}</EmptyState>
      ) : (
        <ul className={styles.list}>
          {report.rules.map((one) => (
            <Objection key={one.rule} told={one} rule={rules.get(one.rule)} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function Objection({ told, rule }: { told: GuardRuleReport; rule?: GuardRule }) {
  const t = useText()
  const isJapanese = useLanguage() === 'ja'
  return (
    <li className={styles.rule}>
      <h3>
        {rule && (isJapanese ? rule.reason_ja : rule.reason_en)}{' '}
        <span className={styles.code}>{told.rule}</span>
      </h3>
      <p className={styles.counts}>
        {told.n_blocked > 0 && (
          <Badge tone="guard">{t('blocked', { count: told.n_blocked })}</Badge>
        )}
        {told.n_held > 0 && <Badge tone="late">{t('held', { count: told.n_held })}</Badge>}
        {told.n_warned > 0 && <Badge>{t('warned', { count: told.n_warned })}</Badge>}
      </p>
      {rule && (
        <p>
          <strong>{t('mend')}</strong> {isJapanese ? rule.mend_ja : rule.mend_en}
        </p>
      )}
      {told.examples.length > 0 && (
        <ul className={styles.examples} aria-label={t('examples')}>
          {told.examples.map((one) => (
            <li key={one.message_id}>
              <q>{one.subject}</q>
              {one.about && <span> – {one.about}</span>}
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}
