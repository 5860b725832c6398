import { useQuery } from '@tanstack/react-query'
import { type Persona, sampleAudience } from '@/api/generated'
import { Badge, Loaded, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { Distinctions } from './Distinctions'
import { MakeSegment } from './MakeSegment'
import styles from './personas.module.css'
import { useText } from './texts'
import { useNaming } from './words'

const shownPeople = 6
const wellHeld = 0.9

/** One kind of customer: how many, what sets them apart, how sure that is, and who for example. */
export function PersonaSection({ persona, asOf }: { persona: Persona; asOf: string }) {
  const t = useText()
  const format = useFormat()
  const name = useNaming()(persona)
  return (
    <Section
      title={name}
      aside={<MakeSegment listId={persona.list_id} name={name} />}
      note={
        <>
          <strong className={styles.size}>{t('people', { count: persona.size })}</strong>{' '}
          {t('share', { share: format.percent(persona.share, 0) })}
        </>
      }
    >
      <div className={styles.columns}>
        <div>
          <h3>{t('apart')}</h3>
          <Distinctions distinctions={persona.distinctions} />
        </div>
        <div className={styles.beside}>
          {persona.jaccard !== null && <Stability jaccard={persona.jaccard} />}
          <h3>{t('sample')}</h3>
          <Sample listId={persona.list_id} asOf={asOf} />
        </div>
      </div>
    </Section>
  )
}

function Stability({ jaccard }: { jaccard: number }) {
  const t = useText()
  const format = useFormat()
  const isWell = jaccard >= wellHeld
  return (
    <div>
      <h3>{t('stability')}</h3>
      <p className={styles.stability}>
        <Badge tone={isWell ? 'good' : 'late'}>{t(isWell ? 'holds_well' : 'holds')}</Badge>{' '}
        {t('stability_say', { share: format.percent(jaccard, 0) })}
      </p>
    </div>
  )
}

function Sample({ listId, asOf }: { listId: string; asOf: string }) {
  const t = useText()
  const format = useFormat()
  const query = useQuery({
    queryKey: ['persona-sample', listId, asOf],
    queryFn: async ({ signal }) => {
      const body = { condition: { type: 'list', list: listId } }
      const query = { limit: shownPeople }
      return (await sampleAudience({ body, query, signal, throwOnError: true })).data
    },
  })
  return (
    <Loaded query={query} lines={3}>
      {(people) =>
        people.length === 0 ? (
          <p>{t('sample_none')}</p>
        ) : (
          <ul className={styles.sample}>
            {people.map((one) => (
              <li key={one.profile_id}>
                <TextLink to="/profiles/$profileId" params={{ profileId: one.profile_id }}>
                  {one.name || one.profile_id}
                </TextLink>
                <span>{format.place(one)}</span>
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  )
}
