import type { UseQueryResult } from '@tanstack/react-query'
import type { CaseVerdict, DraftReport, Problem } from '@/api/generated'
import { Badge, ErrorState, Loading, type Tone } from '@/design'
import { useFormat } from '@/language/format'
import type { Language } from '@/language/i18n'
import { useLanguage } from '@/language/texts'
import { findBlock, writtenIn } from '../blocks/model'
import { focusHandle } from '../canvas/BlockFrame'
import panel from '../panel/Panel.module.css'
import { SizeMeter } from '../preview/SizeMeter'
import { useEditor } from '../state/editor'
import { useBlockName } from '../useBlockName'
import styles from './CheckPanel.module.css'
import { useProblemWords } from './problemWords'
import { SofterOffer } from './SofterOffer'
import { useText } from './texts'

const tones: Record<CaseVerdict['verdict'], Tone> = {
  ok: 'good',
  warn: 'late',
  hold: 'guard',
  block: 'guard',
}
const order: CaseVerdict['verdict'][] = ['ok', 'warn', 'hold', 'block']

/** Whether it can go: what is wrong, what the guard says, what is missing for whom, how large. */
export default function CheckPanel({ report }: { report: UseQueryResult<DraftReport> }) {
  const t = useText()
  const { verdicts } = useEditor()
  if (report.isError) return <ErrorState error={report.error} onRetry={() => report.refetch()} />
  if (!report.data) return <Loading lines={6} />
  const { problems, missing, people, largest_bytes } = report.data
  const isHeld = [...verdicts('ja').values(), ...verdicts('en').values()].some(
    ({ verdict }) => verdict === 'hold' || verdict === 'block',
  )
  const isStopped = report.data.objections?.some((one) => one.stopped > 0)
  const isReady = !isHeld && !isStopped && problems.every((one) => one.severity !== 'error')
  return (
    <div className={panel.fields} aria-busy={report.isPlaceholderData}>
      <h2>{t(isReady ? 'ready' : 'not_ready')}</h2>
      <Problems problems={problems} />
      <Guard />
      <Objections objections={report.data.objections} people={people} />
      {people > 0 && <Absent missing={missing} people={people} />}
      {largest_bytes > 0 && (
        <div>
          <h3>{t('size_largest')}</h3>
          <SizeMeter bytes={largest_bytes} />
        </div>
      )}
    </div>
  )
}

function Problems({ problems }: { problems: readonly Problem[] }) {
  const t = useText()
  const say = useProblemWords()
  if (!problems.length) return <p className={panel.note}>{t('no_problems')}</p>
  return (
    <ul className={styles.list}>
      {problems.map((one) => (
        <li key={[one.language, one.block, one.code, one.message].join()}>
          <Badge tone={one.severity === 'error' ? 'guard' : 'late'}>
            {t(one.severity === 'error' ? 'must' : 'should')}
          </Badge>{' '}
          {say(one)}
          <Where language={one.language} id={one.block || one.part} />
        </li>
      ))}
    </ul>
  )
}

/** The block that is spoken of, as a way to it. */
function Where({ language, id }: { language: string; id: string }) {
  const t = useText()
  const nameOf = useBlockName()
  const { definition, select } = useEditor()
  if (language !== 'ja' && language !== 'en') return null
  const written = definition.template.variants[language]?.blocks
  const block = written && findBlock(written, id)
  if (!block)
    return id === 'subject' ? <small className={styles.where}>{t('subject')}</small> : null
  return (
    <button
      type="button"
      className={styles.where}
      onClick={() => {
        select(language, id)
        focusHandle(id)
      }}
    >
      {t(language)} · {nameOf(block)}
    </button>
  )
}

function Guard() {
  const t = useText()
  const speaks = useLanguage()
  const { definition, verdicts } = useEditor()
  const written = writtenIn(definition.template.variants)
  const found = written.flatMap((language) =>
    [...verdicts(language).values()].map((verdict) => ({ language, verdict })),
  )
  const worst =
    order.findLast((level) => found.some((one) => one.verdict.verdict === level)) ?? 'ok'
  return (
    <section aria-label={t('guard')}>
      <h3 className={styles.title}>
        {t('guard')} <Badge tone={tones[worst]}>{t(`verdict_${worst}`)}</Badge>
      </h3>
      <GuardBar levels={found.map((one) => one.verdict.verdict)} />
      <ul className={styles.list}>
        {found
          .filter((one) => one.verdict.verdict !== 'ok')
          .map(({ language, verdict }) => (
            <li key={language + verdict.id}>
              {verdict.reasons.map((reason, index) => (
                <p key={reason.rule + reason.subject}>
                  <Badge tone={tones[verdict.verdict]}>{reason.rule}</Badge> {reason[speaks]}
                  {verdict.mend[index] && <em>{verdict.mend[index][speaks]}</em>}
                </p>
              ))}
              <SofterOffer language={language} verdict={verdict} />
              <Where language={language as Language} id={verdict.id} />
            </li>
          ))}
      </ul>
      <p className={panel.note}>{t('guard_note')}</p>
    </section>
  )
}

/** One stroke for each piece of writing, in what the guard says of it. */
function GuardBar({ levels }: { levels: CaseVerdict['verdict'][] }) {
  return (
    <div className={styles.bar} aria-hidden>
      {levels.map((level, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: strokes are told apart by their place
        <i key={index} data-level={level} />
      ))}
    </div>
  )
}

/** What the guard says of whole messages, with the facts of the people they were made for. */
function Objections({ objections, people }: Pick<DraftReport, 'objections' | 'people'>) {
  const t = useText()
  const speaks = useLanguage()
  if (!objections?.length) return null
  return (
    <section>
      <h3>{t('objections_title', { count: people ?? 0 })}</h3>
      <ul className={styles.list}>
        {objections.map((one) => (
          <li key={one.rule}>
            <p>
              <Badge tone={one.stopped ? 'guard' : 'late'}>{one.rule}</Badge> {one.reason[speaks]}
              <em>{one.mend[speaks]}</em>
            </p>
            <p className={panel.note}>
              {t('objection_people', { count: one.people })}
              {one.stopped > 0 && ` · ${t('objection_stopped', { count: one.stopped })}`}
              {one.about && ` · ${one.about}`}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Absent({ missing, people }: { missing: DraftReport['missing']; people: number }) {
  const t = useText()
  const format = useFormat()
  return (
    <section aria-label={t('missing')}>
      <h3>{t('missing')}</h3>
      {missing.length === 0 && <p className={panel.note}>{t('missing_none')}</p>}
      <ul className={styles.missing}>
        {missing.map((one) => (
          <li key={one.path}>
            <code>{one.path}</code>
            <span>
              {t('missing_for', {
                missing: format.number(one.missing),
                of: format.number(one.of),
              })}
            </span>
          </li>
        ))}
      </ul>
      <p className={panel.note}>{t('missing_note', { people: format.number(people) })}</p>
    </section>
  )
}
