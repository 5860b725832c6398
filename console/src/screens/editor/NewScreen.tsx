import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { type BroadcastDefinition, createBroadcast, type Sender } from '@/api/generated'
import { listBroadcastsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { ErrorState, Loaded, PageHeader } from '@/design'
import { type Language, languages } from '@/language/i18n'
import { useLanguage } from '@/language/texts'
import { freshDocument } from './blocks/fresh'
import styles from './NewScreen.module.css'
import { SegmentField } from './panel/SegmentField'
import { useText } from './texts'

/** A new draft; its sender is that of the newest broadcast. */
export default function NewScreen() {
  const t = useText()
  const newest = useQuery(listBroadcastsOptions({ query: { limit: 1 } }))
  return (
    <>
      <PageHeader
        title={t('new')}
        reason={t('new_reason')}
        back={{ to: '/broadcasts', label: t('back') }}
      />
      <Loaded query={newest} lines={8}>
        {([last]) => <Beginning sender={last?.definition.sender} />}
      </Loaded>
    </>
  )
}

function Beginning({ sender }: { sender: Sender | undefined }) {
  const t = useText()
  const spoken = useLanguage()
  const [name, setName] = useState('')
  const [segment, setSegment] = useState<BroadcastDefinition['segment']>('')
  const [from, setFrom] = useState<Sender>(sender ?? { from_address: '' })
  const [language, setLanguage] = useState<Language>(spoken)
  const [isTried, setIsTried] = useState(false)
  const create = useCreate()
  const isComplete = Boolean(name.trim() && segment && from.from_address)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsTried(true)
    if (!isComplete) return
    const variants = { [language]: { subject: name.trim(), blocks: freshDocument(language) } }
    const template = { default_language: language, variants }
    create.mutate({ name: name.trim(), segment, sender: from, template })
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        label={t('name')}
        description={t('name_note')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <SegmentField value={segment} onChange={setSegment} />
      <div className={styles.pair}>
        <TextInput
          label={t('from_name')}
          value={from.from_name ?? ''}
          onChange={(event) => setFrom({ ...from, from_name: event.currentTarget.value })}
        />
        <TextInput
          label={t('from_address')}
          type="email"
          value={from.from_address}
          onChange={(event) => setFrom({ ...from, from_address: event.currentTarget.value })}
        />
      </div>
      <div>
        <p className={styles.label}>{t('first_language')}</p>
        <SegmentedControl
          aria-label={t('first_language')}
          value={language}
          onChange={(one) => setLanguage(one as Language)}
          data={languages.map((one) => ({ value: one, label: t(one) }))}
        />
      </div>
      {isTried && !isComplete && (
        <p role="alert" className={styles.problem}>
          {t('needed')}
        </p>
      )}
      {create.isError && <ErrorState error={create.error} />}
      <div>
        <Button type="submit" loading={create.isPending}>
          {t('begin')}
        </Button>
      </div>
    </form>
  )
}

function useCreate() {
  const navigate = useNavigate()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (body: BroadcastDefinition) =>
      (await createBroadcast({ body, throwOnError: true })).data,
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries()
      await navigate({ to: '/broadcasts/$broadcastId/edit', params: { broadcastId: id } })
    },
  })
}
