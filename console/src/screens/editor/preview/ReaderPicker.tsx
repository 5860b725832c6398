import { IconUser } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { BroadcastDefinition, PersonLine } from '@/api/generated'
import { listPeopleOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Popover, SearchField } from '@/design'
import { useText } from '../check/texts'
import styles from './preview.module.css'

interface Props {
  segment: BroadcastDefinition['segment']
  reader: PersonLine | undefined
  onChoose: (reader: PersonLine) => void
}

export function usePeople(segment: BroadcastDefinition['segment'], q: string) {
  const query = { limit: 20, ...(typeof segment === 'string' ? { segment } : {}), ...(q && { q }) }
  return useQuery({ ...listPeopleOptions({ query }), staleTime: 60_000 })
}

/** Through whose eyes the message is seen: somebody of the segment, found by name. */
export function ReaderPicker({ segment, reader, onChoose }: Props) {
  const t = useText()
  const [isOpen, setIsOpen] = useState(false)
  const [q, setQ] = useState('')
  const people = usePeople(segment, q).data?.people ?? []
  return (
    <Popover
      label={t('reader')}
      isOpen={isOpen}
      onToggle={setIsOpen}
      button={(props) => (
        <button {...props} type="button" className={styles.reader}>
          <IconUser aria-hidden size={16} />
          {reader ? t('seen_by', { name: reader.name }) : t('reader')}
        </button>
      )}
    >
      <div className={styles.people}>
        <SearchField label={t('reader_search')} value={q} onSearch={setQ} />
        <ul>
          {people.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                aria-current={one.id === reader?.id}
                onClick={() => {
                  onChoose(one)
                  setIsOpen(false)
                }}
              >
                {one.name} {one.is_simulated && t('simulated')}
                <small>{one.email}</small>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Popover>
  )
}
