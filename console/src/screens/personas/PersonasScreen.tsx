import { useQuery } from '@tanstack/react-query'
import type { Persona, PersonaSet } from '@/api/generated'
import { getPersonasOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Bars, EmptyState, Loaded, PageHeader, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { Defined } from './Defined'
import { FindPersonas } from './FindPersonas'
import { PersonaSection } from './PersonaSection'
import styles from './personas.module.css'
import { useText } from './texts'
import { useNaming } from './words'

export default function PersonasScreen() {
  const query = useQuery(getPersonasOptions())
  return (
    <Loaded query={query} lines={10} isPage>
      {({ found, defined }) => (
        <>
          {found ? <Found found={found} /> : <NotLookedYet />}
          <Defined defined={defined} />
        </>
      )}
    </Loaded>
  )
}

function NotLookedYet() {
  const t = useText()
  return (
    <>
      <PageHeader
        title={t('title')}
        reason={t('what')}
        action={<FindPersonas label={t('find')} />}
      />
      <Section title={t('title')} isTitleHidden>
        <EmptyState title={t('not_yet')}>{t('not_yet_how')}</EmptyState>
      </Section>
    </>
  )
}

function Found({ found }: { found: PersonaSet }) {
  const t = useText()
  const format = useFormat()
  const { personas, nothing, as_of: asOf, n_people: people } = found
  return (
    <>
      <PageHeader
        documentTitle={t('title')}
        title={personas.length > 0 ? t('lead', { count: personas.length }) : t('lead_none')}
        reason={t('reason', { people: format.number(people), date: format.day(asOf) })}
        action={<FindPersonas label={t('again')} />}
      />
      {nothing && (
        <Section title={t('title')} isTitleHidden>
          <EmptyState title={t(`nothing_${nothing}`)}>{t(`nothing_${nothing}_how`)}</EmptyState>
        </Section>
      )}
      {personas.length > 0 && (
        <>
          <Division personas={personas} found={found} />
          {personas.map((one) => (
            <PersonaSection key={one.id} persona={one} asOf={asOf} />
          ))}
          <p className={styles.fairness}>{t('fairness')}</p>
        </>
      )}
      <p className={styles.next}>
        <TextLink to="/segments/lookalikes">{t('to_lookalikes')}</TextLink>
      </p>
    </>
  )
}

/** Who is what, as lengths; those of no kind are told, not hidden. */
function Division({ personas, found }: { personas: Persona[]; found: PersonaSet }) {
  const t = useText()
  const format = useFormat()
  const naming = useNaming()
  const points = personas.map((one) => ({
    label: naming(one),
    value: one.size,
    text: t('people', { count: one.size }),
    note: format.percent(one.share, 0),
  }))
  const rest = {
    label: t('unassigned'),
    value: found.n_hidden,
    text: t('people', { count: found.n_hidden }),
    note: format.percent(found.n_hidden / Math.max(found.n_people, 1), 0),
  }
  return (
    <Section title={t('division')} note={found.n_hidden > 0 && t('unassigned_note')}>
      <Bars
        title={t('division_of', { count: found.n_people })}
        headers={[t('persona'), t('size')]}
        points={found.n_hidden > 0 ? [...points, rest] : points}
      />
    </Section>
  )
}
