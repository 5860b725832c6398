import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { Finding, SenderReport } from '@/api/generated'
import { checkSenderOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Badge, Loaded, PageHeader, Section, type Tone } from '@/design'
import { useLanguage } from '@/language/texts'
import { CopyButton } from './CopyButton'
import styles from './SendingPage.module.css'
import { useText } from './texts'

const order = ['fail', 'warn', 'unchecked', 'ok'] as const
const tones: Record<(typeof order)[number], Tone> = {
  fail: 'guard',
  warn: 'late',
  unchecked: 'neutral',
  ok: 'good',
}

/** What mail providers ask of a sender's domain, what is there, and what to publish. */
export default function SenderScreen() {
  const { domain = '' } = useParams({ strict: false })
  // Name servers are asked when somebody wants to know, not whenever the window is looked at.
  const report = useQuery({
    ...checkSenderOptions({ path: { domain } }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <Loaded query={report} isPage>
      {(found) => (
        <Report report={found} isBusy={report.isFetching} onAgain={() => report.refetch()} />
      )}
    </Loaded>
  )
}

interface ReportProps {
  report: SenderReport
  isBusy: boolean
  onAgain: () => void
}

function Report({ report, isBusy, onAgain }: ReportProps) {
  const t = useText()
  const { domain, findings, is_ready, is_sandbox, is_blocked } = report
  const count = findings.filter((one) => one.level === 'fail').length
  const sorted = order.flatMap((level) => findings.filter((one) => one.level === level))
  const effect = is_blocked ? 'sender_blocked' : is_sandbox ? 'sender_sandbox' : 'sender_open'
  return (
    <>
      <PageHeader
        back={{ to: '/sending', label: t('back') }}
        title={is_ready ? t('sender_ready', { domain }) : t('sender_failing', { domain, count })}
        reason={t(effect)}
        action={
          <Button loading={isBusy} onClick={onAgain}>
            {t('check_again')}
          </Button>
        }
      />
      <Section title={t('findings')} isTitleHidden>
        {sorted.map((one) => (
          <FindingItem key={one.code} finding={one} />
        ))}
      </Section>
    </>
  )
}

function FindingItem({ finding }: { finding: Finding }) {
  const t = useText()
  const language = useLanguage()
  const { code, level, where, found, publish } = finding
  return (
    <article className={styles.finding}>
      <div>
        <span>
          <Badge tone={tones[level]}>{t(`level_${level}`)}</Badge>
        </span>
      </div>
      <div>
        <h3>{t(`code_${code}` as 'code_spf')}</h3>
        <p>{language === 'ja' ? finding.ja : finding.en}</p>
        <dl className={styles.record}>
          <dt>{t('where')}</dt>
          <dd>
            <code>{where}</code>
          </dd>
          {level !== 'ok' && (
            <>
              <dt>{t('found')}</dt>
              <dd>{found ? <code>{found}</code> : t('found_nothing')}</dd>
            </>
          )}
          {publish && (
            <>
              <dt>{t('publish')}</dt>
              <dd className={styles.stack}>
                <code>{publish}</code>
                <CopyButton text={publish} label={`${t('copy')}: ${code}`} />
              </dd>
            </>
          )}
        </dl>
      </div>
    </article>
  )
}
