import { useQuery } from '@tanstack/react-query'
import type { Attribute, AttributeDetail } from '@/api/generated'
import { getAttributeOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Bars, EmptyState, Figure, Figures, Loaded, PageHeader, Section } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { useTraitName } from '../../profiles/traits/words'
import { useParameter } from '../choices'
import { useSourceName } from '../sourceNames'
import { useText } from '../texts'
import styles from './AttributeScreen.module.css'
import { ClassBadges } from './ClassBadges'
import { ClassEditor } from './ClassEditor'
import { DecisionHistory } from './DecisionHistory'
import { Origin } from './Origin'
import { TypesOverTime } from './TypesOverTime'

const shownValues = 12

export default function AttributeScreen() {
  const name = useParameter('name')
  const event = useParameter('event')
  const query = useQuery(
    getAttributeOptions({ query: { kind: event ? 'property' : 'trait', event, name } }),
  )
  return (
    <>
      {!query.data && <PageHeader title={name} />}
      <Loaded query={query} lines={10}>
        {(detail) => <Detail detail={detail} />}
      </Loaded>
    </>
  )
}

function Detail({ detail }: { detail: AttributeDetail }) {
  const t = useText()
  const format = useFormat()
  const language = useLanguage()
  const { attribute } = detail
  const { figures, name, event, classification } = attribute
  const words = useTraitName()(name)
  const said = words === name.replace(/_/g, ' ') ? name : t('named', { words, name })
  const isClassed = classification.pii !== 'none' || classification.sensitivity !== 'none'
  const share = format.percent(figures.fill_rate)
  return (
    <>
      <PageHeader
        title={
          event
            ? t('filled_title_property', { share, name, event })
            : t('filled_title_trait', { share, name: said })
        }
        documentTitle={name}
        reason={
          <span className={styles.reason}>
            {isClassed && <ClassBadges classification={classification} />}
            <span>
              {attribute.description} {t(`basis_${classification.basis}`)}
              {language === 'en' && ' '}
              {t('event_reason', {
                first: format.day(figures.first_seen_at),
                last: format.ago(figures.last_seen_at),
              })}
            </span>
          </span>
        }
        back={
          event
            ? { to: '/data/events', label: t('tab_events') }
            : { to: '/data', label: t('tab_attributes') }
        }
      />
      <FigureRow attribute={attribute} />
      <div className={styles.columns}>
        <div>
          <Values attribute={attribute} />
          <TypesOverTime figures={figures} hasDrift={attribute.has_type_drift} />
        </div>
        <div>
          <ClassEditor attribute={attribute} />
          <DecisionHistory edits={detail.edits} />
          <Origin figures={figures} sourceName={useSourceName()} />
        </div>
      </div>
    </>
  )
}

function FigureRow({ attribute }: { attribute: Attribute }) {
  const t = useText()
  const format = useFormat()
  const { figures } = attribute
  const margin = figures.error > 0.0005 && t('margin', { margin: format.percent(figures.error) })
  const n = format.number(figures.n)
  const of = format.number(figures.of)
  return (
    <Figures>
      <Figure
        label={t('filled_figure')}
        value={format.percent(figures.fill_rate)}
        note={`${t('filled_of', { n, of })} ${margin || ''}`}
      />
      <Figure
        label={t('distinct')}
        value={figures.n_distinct ? format.number(figures.n_distinct) : '–'}
        note={
          figures.n_distinct ? figures.is_sampled && t('distinct_at_least') : t('distinct_unknown')
        }
      />
    </Figures>
  )
}

function Values({ attribute }: { attribute: Attribute }) {
  const t = useText()
  const format = useFormat()
  const { figures, classification } = attribute
  const isHidden = classification.pii === 'identifying' || classification.pii === 'contact'
  return (
    <Section title={t('values_title')}>
      {figures.values.length ? (
        <Bars
          title={t('values_title')}
          headers={[t('values_header'), t('count_header')]}
          points={figures.values.slice(0, shownValues).map((one) => ({
            label: one.value,
            value: one.n,
            text: format.number(one.n),
            note: format.percent(one.n / Math.max(1, figures.n)),
          }))}
        />
      ) : (
        <EmptyState title={t(isHidden ? 'values_hidden' : 'values_few')}>
          {t(isHidden ? 'values_hidden_how' : 'values_few_how')}
        </EmptyState>
      )}
    </Section>
  )
}
