import type { ExplainedTrait, PersonAnswer } from '@/api/generated'
import { EmptyState, Figure, Figures, Section } from '@/design'
import { useFormat } from '@/language/format'
import { useSourceWords } from '@/language/sources'
import { Behaviour } from './Behaviour'
import { Expected } from './Expected'
import { FactRow } from './FactRow'
import styles from './facts.module.css'
import { LifeStages } from './LifeStages'
import { Memberships } from './Memberships'
import { RunningLow } from './RunningLow'
import { useText } from './texts'

const kinds = ['lasting', 'contact', 'setting', 'standing', 'taste', 'situation', 'other'] as const

export default function FactsPart({ person }: { person: PersonAnswer }) {
  return (
    <>
      <Money person={person} />
      <div className={styles.columns}>
        <Known person={person} />
        <div>
          <Behaviour person={person} />
          <LifeStages profileId={person.id} />
          <Expected profileId={person.id} />
          <RunningLow profileId={person.id} />
          <Memberships profileId={person.id} />
        </div>
      </div>
    </>
  )
}

function Money({ person: { computed, currency } }: { person: PersonAnswer }) {
  const t = useText()
  const format = useFormat()
  const money = (minor: number | null) => (minor === null ? '–' : format.money(minor, currency))
  const { first_order_at: first, last_order_at: last } = computed
  return (
    <div className={styles.figures}>
      <Figures>
        <Figure
          label={t('spent')}
          value={money(computed.monetary_minor)}
          note={t('refunds_note')}
        />
        <Figure
          label={t('orders')}
          value={format.number(computed.frequency)}
          note={first && t('first_order', { day: format.day(first) })}
        />
        <Figure label={t('average')} value={money(computed.aov_minor)} />
        <Figure
          label={t('last_order')}
          value={last ? format.ago(last) : t('none')}
          note={last && format.day(last)}
        />
      </Figures>
    </div>
  )
}

function Known({ person }: { person: PersonAnswer }) {
  const t = useText()
  const byKind = new Map<string, ExplainedTrait[]>()
  // Stages and forecasts have parts of their own, with what speaks for them.
  const traits = person.traits.filter((one) => !/^(life_stage\.|predicted_)/.test(one.name))
  for (const trait of traits) {
    const kind = trait.standing.freshness.kind
    byKind.set(kind, [...(byKind.get(kind) ?? []), trait])
  }
  const sourceWords = useSourceWords()
  const names = new Map(person.sources.map((one) => [one.id, sourceWords(one.name)]))
  const sourceName = (id: number) =>
    id === 0 ? t('kikubari') : (names.get(id) ?? t('source', { id }))
  return (
    <Section title={t('known')} note={t('known_say')}>
      {traits.length === 0 && <EmptyState title={t('nothing')}>{t('nothing_how')}</EmptyState>}
      {kinds.map((kind) => {
        const traits = byKind.get(kind)
        return (
          traits && (
            <div key={kind} className={styles.kind}>
              <h3>{t(kind === 'other' ? 'kind_else' : `kind_${kind}`)}</h3>
              <dl>
                {traits.map((trait) => (
                  <FactRow key={trait.name} trait={trait} sourceName={sourceName} />
                ))}
              </dl>
            </div>
          )
        )
      })}
    </Section>
  )
}
