import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { PersonLine } from '@/api/generated'
import { listPeopleOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Dialog, Loaded, SearchField } from '@/design'
import type { JourneyDefinition } from '../model/definition'
import styles from './explain.module.css'
import { Story } from './Story'
import { useText } from './texts'

interface Props {
  journeyId: string
  definition: JourneyDefinition
  onClose: () => void
}

/** For any one person: why they entered or not, the way they went and why, and what comes next. */
export default function ExplainDialog({ journeyId, definition, onClose }: Props) {
  const t = useText()
  const [q, setQ] = useState('')
  const [person, setPerson] = useState<PersonLine>()
  const people = useQuery(listPeopleOptions({ query: { limit: 8, ...(q ? { q } : {}) } }))
  return (
    <Dialog title={t('explain_title')} onClose={onClose} isWide>
      <SearchField label={t('explain_who')} value={q} onSearch={setQ} />
      <Loaded query={people}>
        {({ people: found }) => (
          <ul className={styles.choices}>
            {found.map((one) => (
              <li key={one.id}>
                <button
                  type="button"
                  aria-pressed={one.id === person?.id}
                  onClick={() => setPerson(one)}
                >
                  {one.name || one.email || one.id}
                </button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {person && <Story journeyId={journeyId} definition={definition} profile={person.id} />}
    </Dialog>
  )
}
