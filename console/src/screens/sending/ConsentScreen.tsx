import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Wording, WordingUse } from '@/api/generated'
import {
  listWordingsOptions,
  listWordingUsesOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { EmptyState, Loaded, Section } from '@/design'
import { FormSnippet } from './FormSnippet'
import { Renewal } from './Renewal'
import { SendingPage } from './SendingPage'
import { useText } from './texts'
import { Uses } from './Uses'
import { type Draft, WordingDialog } from './WordingDialog'
import { Wordings } from './Wordings'

const noDraft: Draft = { purpose: 'marketing', channel: 'email', ja: '', en: '' }

/** The words of consent with their versions, where it was given, and a form to ask for it. */
export default function ConsentScreen() {
  const wordings = useQuery(listWordingsOptions())
  const uses = useQuery(listWordingUsesOptions())
  return (
    <Loaded query={wordings} isPage>
      {(found) => (
        <Loaded query={uses} isPage>
          {(used) => <Consent wordings={found} uses={used} />}
        </Loaded>
      )}
    </Loaded>
  )
}

function Consent({ wordings, uses }: { wordings: Wording[]; uses: WordingUse[] }) {
  const t = useText()
  const isAdmin = useMay('admin')
  const [draft, setDraft] = useState<Draft>()
  return (
    <SendingPage
      title={t(wordings.length ? 'consent_own' : 'consent_pages')}
      reason={t('consent_reason')}
      action={isAdmin && <Button onClick={() => setDraft(noDraft)}>{t('wording_make')}</Button>}
    >
      <Section title={t('wordings')}>
        {wordings.length ? (
          <Wordings wordings={wordings} uses={uses} onReword={isAdmin ? setDraft : undefined} />
        ) : (
          <EmptyState title={t('wordings_empty')}>{t('wordings_empty_reason')}</EmptyState>
        )}
      </Section>
      <Section title={t('uses')} note={t('uses_note')}>
        <Uses uses={uses} />
      </Section>
      <Section title={t('renewal')} note={t('renewal_note')}>
        <Renewal />
      </Section>
      <Section title={t('form')} note={t('form_note')}>
        <FormSnippet />
      </Section>
      {draft && <WordingDialog initial={draft} onClose={() => setDraft(undefined)} />}
    </SendingPage>
  )
}
