import { Button } from '@mantine/core'
import { Badge, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import type { Audience } from './audience'
import { nameOf } from './names'
import styles from './panels.module.css'
import { type Key, useText } from './texts'
import type { Json } from './tree'

const tones = { problem: 'guard', caution: 'late', note: 'neutral' } as const

export function WordsPanel({ audience }: { audience: Audience }) {
  const t = useText()
  const language = useLanguage()
  const text = audience.words.data?.[language]
  return (
    <Section title={t('explanation')}>
      <p className={styles.words} data-testid="explanation">
        {text || t('panel_wait')}
      </p>
    </Section>
  )
}

interface AdviceProps {
  audience: Audience
  onApply: (fix: Json) => void
  onShow: (path: string) => void
}

export function AdvicePanel({ audience, onApply, onShow }: AdviceProps) {
  const t = useText()
  const language = useLanguage()
  const format = useFormat()
  const found = audience.advice.data
  if (!found) return null
  const power = found.power
  // The advice itself says it when the effect that could be seen is large.
  const isSaid = found.advice.some((one) => one.code === 'too_narrow_to_measure')
  const effect = isSaid ? undefined : power?.smallest_effect
  return (
    <Section title={t('advice')}>
      {found.advice.length === 0 && <p className={styles.soft}>{t('advice_none')}</p>}
      <ul className={styles.advice}>
        {found.advice.map((one) => (
          <li key={`${one.code} ${one.path} ${one.text_en}`} data-severity={one.severity}>
            <Badge tone={tones[one.severity]}>{t(`severity_${one.severity}`)}</Badge>
            <p>{language === 'ja' ? one.text_ja : one.text_en}</p>
            <p className={styles.soft}>{language === 'ja' ? one.todo_ja : one.todo_en}</p>
            <div className={styles.acts}>
              {one.fix && (
                <Button size="compact-sm" variant="light" onClick={() => onApply(one.fix as Json)}>
                  {t('advice_apply')}
                </Button>
              )}
              {one.path !== '$' && (
                <Button size="compact-sm" variant="subtle" onClick={() => onShow(one.path)}>
                  {t('advice_show')}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
      {power && typeof effect === 'number' && (
        <p className={styles.soft}>
          {t('power', {
            base: format.percent(power.base_rate),
            visible: format.percent(power.base_rate + effect),
          })}
        </p>
      )}
    </Section>
  )
}

export function ReachPanel({ audience }: { audience: Audience }) {
  const t = useText()
  const format = useFormat()
  const reach = audience.reach.data
  if (!reach) return null
  const used = reach.channels.filter((one) => one.with_address > 0)
  return (
    <Section title={t('reach')} note={t('reach_any', { count: format.number(reach.anywhere) })}>
      <dl className={styles.bars}>
        {used.map((one) => (
          <div key={one.channel}>
            <dt>{nameOf(t, 'choice', one.channel)}</dt>
            <dd>{format.number(one.reachable)}</dd>
            <Bar value={one.reachable} behind={one.with_address} most={reach.total} />
            <dd className={styles.soft}>
              {t('reach_steps', {
                address: format.number(one.with_address),
                agreed: format.number(one.agreed),
              })}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}

/** A length, with a paler one behind it. */
function Bar({ value, behind = value, most }: { value: number; behind?: number; most: number }) {
  const part = (n: number) => (most > 0 ? (n / most) * 100 : 0)
  return (
    <svg aria-hidden viewBox="0 0 100 4" preserveAspectRatio="none">
      <rect className={styles.track} width="100" height="4" />
      <rect className={styles.pale} width={part(behind)} height="4" />
      <rect className={styles.bar} width={part(value)} height="4" />
    </svg>
  )
}

interface FunnelProps {
  audience: Audience
  lineOf: (path: string) => string
}

export function FunnelPanel({ audience, lineOf }: FunnelProps) {
  const t = useText()
  const format = useFormat()
  const funnel = audience.funnel.data
  if (!funnel || funnel.steps.length < 2) return null
  const isAny = funnel.joint === 'any'
  const say: Key = isAny ? 'funnel_count_any' : 'funnel_count'
  return (
    <Section title={t(isAny ? 'funnel_any' : 'funnel')}>
      <ol className={styles.funnel}>
        {!isAny && (
          <li>
            <span>{t('funnel_start')}</span>
            <b>{format.number(funnel.everyone)}</b>
            <Bar value={funnel.everyone} most={funnel.everyone} />
          </li>
        )}
        {funnel.steps.map((step) => (
          <li key={step.path} data-most={step.path === funnel.most_cutting || undefined}>
            <span>{lineOf(step.path)}</span>
            <b>{t(say, { count: format.number(step.remaining) })}</b>
            <Bar value={step.remaining} behind={step.alone} most={funnel.everyone} />
            {step.path === funnel.most_cutting && (
              <small>{t('funnel_most', { count: format.number(step.without) })}</small>
            )}
          </li>
        ))}
      </ol>
    </Section>
  )
}

export function SamplePanel({ audience }: { audience: Audience }) {
  const t = useText()
  const format = useFormat()
  const people = audience.sample.data
  if (!people) return null
  return (
    <Section title={t('sample')}>
      {people.length === 0 && <p className={styles.soft}>{t('sample_none')}</p>}
      <ul className={styles.people}>
        {people.map((one) => (
          <li key={one.profile_id}>
            <TextLink to="/profiles/$profileId" params={{ profileId: one.profile_id }}>
              {one.name}
            </TextLink>
            <small>{format.place(one)}</small>
          </li>
        ))}
      </ul>
    </Section>
  )
}

export function OverlapPanel({ audience }: { audience: Audience }) {
  const t = useText()
  const language = useLanguage()
  const format = useFormat()
  const found = audience.overlaps.data
  if (!found || found.total === 0) return null
  const shared = found.overlaps.filter((one) => one.shared > 0).slice(0, 6)
  const rest = found.n_left_out
  return (
    <Section title={t('overlap')} note={rest > 0 ? t('overlap_rest', { count: rest }) : undefined}>
      {shared.length === 0 && <p className={styles.soft}>{t('overlap_none')}</p>}
      <dl className={styles.bars}>
        {shared.map((one) => (
          <div key={one.segment_id}>
            <dt>{language === 'ja' ? one.title_ja : one.title_en}</dt>
            <dd>{format.percent(one.shared / found.total, 0)}</dd>
            <Bar value={one.shared} most={found.total} />
          </div>
        ))}
      </dl>
    </Section>
  )
}

export function PortraitPanel({ audience }: { audience: Audience }) {
  const t = useText()
  const language = useLanguage()
  const format = useFormat()
  const portrait = audience.portrait.data
  if (!portrait || portrait.total === 0) return null
  return (
    <Section title={t('portrait')}>
      {portrait.traits.length === 0 && <p className={styles.soft}>{t('portrait_none')}</p>}
      <ul className={styles.traits}>
        {portrait.traits.slice(0, 6).map((one) => (
          <li key={`${one.attribute} ${one.value}`}>
            <span>{language === 'ja' ? one.label_ja : one.label_en}</span>
            <small>
              {t('portrait_line', {
                share: format.percent(one.share, 0),
                all: format.percent(one.share_of_everyone, 0),
              })}
            </small>
            <Bar value={one.share} behind={one.share_of_everyone} most={1} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
