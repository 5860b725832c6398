import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AudienceAnswer, Broadcast, PersonLine } from '@/api/generated'
import {
  getAudienceOptions,
  previewBroadcastOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState, Loaded, MailFrame, Section } from '@/design'
import styles from './Draft.module.css'
import { useText as useLetterText } from './letters/texts'
import { useReason, useSegmentName } from './state'
import { useText } from './texts'

/** A draft: who it is for as of now, and what one of them would get. */
export function Draft({ broadcast }: { broadcast: Broadcast }) {
  const t = useText()
  const audience = useQuery(getAudienceOptions({ path: { broadcast_id: broadcast.id } }))
  return (
    <Section title={t('preview')} note={t('preview_note')}>
      <Loaded query={audience}>
        {(found) =>
          found.people[0] ? (
            <Preview broadcast={broadcast} audience={found} first={found.people[0]} />
          ) : (
            <EmptyState title={t('nobody')}>{t('nobody_how')}</EmptyState>
          )
        }
      </Loaded>
    </Section>
  )
}

interface PreviewProps {
  broadcast: Broadcast
  audience: AudienceAnswer
  first: PersonLine
}

function Preview({ broadcast, audience, first }: PreviewProps) {
  const t = useText()
  const segment = useSegmentName()(broadcast.definition.segment)
  const sayLetter = useLetterText()
  const [profileId, setProfileId] = useState(first.id)
  const letters = 'abcdefgh'.slice(0, 1 + (broadcast.definition.experiment?.others?.length ?? 0))
  const [letter, setLetter] = useState('')
  const nameOf = (one: PersonLine) =>
    one.is_simulated ? `${one.name} (${t('simulated')})` : one.name
  return (
    <div className={styles.preview}>
      <p>{t('for_whom_count', { segment, count: audience.count })}</p>
      <NativeSelect
        className={styles.reader}
        label={t('preview_for')}
        value={profileId}
        onChange={(event) => setProfileId(event.currentTarget.value)}
        data={audience.people.map((one) => ({ value: one.id, label: nameOf(one) }))}
      />
      {letters.length > 1 && (
        <NativeSelect
          className={styles.reader}
          label={sayLetter('shown')}
          value={letter || 'a'}
          onChange={(event) => setLetter(event.currentTarget.value)}
          data={[...letters].map((one) => ({
            value: one,
            label: sayLetter('shown_letter', { letter: one.toUpperCase() }),
          }))}
        />
      )}
      <Rendered broadcast={broadcast} profileId={profileId} letter={letter} />
    </div>
  )
}

interface RenderedProps {
  broadcast: Broadcast
  profileId: string
  letter: string
}

function Rendered({ broadcast, profileId, letter }: RenderedProps) {
  const t = useText()
  const sayReason = useReason()
  const path = { broadcast_id: broadcast.id }
  const preview = useQuery(
    previewBroadcastOptions({ path, query: { profile_id: profileId, letter } }),
  )
  const query = new URLSearchParams({
    profile_id: profileId,
    letter,
    version: String(broadcast.version),
  })
  return (
    <Loaded query={preview}>
      {({ subject, stopped_by, problem }) =>
        stopped_by ? (
          <EmptyState title={problem ? t('preview_problem') : t('preview_stopped')}>
            {problem || sayReason(stopped_by)}
          </EmptyState>
        ) : (
          <>
            <p className={styles.subject}>{subject}</p>
            <MailFrame
              url={`/api/broadcasts/${broadcast.id}/preview/html?${query}`}
              title={t('preview_frame')}
            />
          </>
        )
      }
    </Loaded>
  )
}
