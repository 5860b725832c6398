import { findLookalikes, type Lookalike } from '@/api/generated'
import { Badge, Bars, Figure, Figures, Section } from '@/design'
import { useFormat } from '@/language/format'
import { KeepAudience } from '../segments/KeepAudience'
import { Distinctions } from './Distinctions'
import styles from './personas.module.css'
import { useText } from './texts'

/** People like a segment's members: how alike, who they are, and the way to keep them. */
export function Audience({ found, name }: { found: Lookalike; name: string }) {
  const t = useText()
  return (
    <div aria-live="polite" className={styles.audience}>
      <Section
        title={t('like_found', { count: found.size, name })}
        note={<Verdict found={found} />}
      >
        <Measured found={found} />
      </Section>
      <Section title={t('apart')}>
        <Distinctions distinctions={found.distinctions} />
      </Section>
      <Curve found={found} />
      <Keep key={`${found.segment_id} ${found.size}`} found={found} name={name} />
    </div>
  )
}

function Verdict({ found }: { found: Lookalike }) {
  const t = useText()
  if (!found.is_better_than_chance) {
    return (
      <>
        <Badge tone="late">{t('chance')}</Badge> {t('chance_how')}
      </>
    )
  }
  const lift = round(found.at_size.lift)
  return (
    <>
      <Badge tone="good">{t('better')}</Badge> {t('proof', { held: found.n_held_back, lift })}
    </>
  )
}

function Measured({ found }: { found: Lookalike }) {
  const t = useText()
  const format = useFormat()
  const { at_size: at, n_silent_seeds: silent } = found
  return (
    <Figures>
      <Figure
        label={t('lift')}
        value={t('lift_value', { value: round(at.lift) })}
        note={t('lift_say', { low: round(at.low), high: round(at.high) })}
      />
      <Figure
        label={t('seeds')}
        value={format.number(found.n_seeds - found.n_held_back)}
        note={silent > 0 && t('seeds_note', { count: silent })}
      />
      <Figure label={t('held')} value={format.number(found.n_held_back)} />
      <Figure label={t('others')} value={format.number(found.n_others)} />
    </Figures>
  )
}

function Curve({ found }: { found: Lookalike }) {
  const t = useText()
  return (
    <Section title={t('curve')}>
      <Bars
        title={t('curve_of')}
        headers={[t('curve_size'), t('lift')]}
        points={found.curve.map((point) => ({
          label: t('people', { count: Math.round(point.share * found.n_others) }),
          value: point.lift,
          text: t('lift_value', { value: round(point.lift) }),
          note: t('lift_say', { low: round(point.low), high: round(point.high) }),
        }))}
      />
    </Section>
  )
}

function Keep({ found, name }: { found: Lookalike; name: string }) {
  const t = useText()
  const keep = async (called: string) => {
    const path = { segment_id: found.segment_id }
    const body = { size: found.size, name: called, as_of: found.as_of }
    return (await findLookalikes({ path, body, throwOnError: true })).data.list_id
  }
  return (
    <Section title={t('keep')} note={t('keep_note')}>
      <KeepAudience
        suggested={t('like_name', { name })}
        label={t('name')}
        act={t('keep_do')}
        keep={keep}
      />
    </Section>
  )
}

function round(lift: number): number {
  return Math.round(lift * 10) / 10
}
