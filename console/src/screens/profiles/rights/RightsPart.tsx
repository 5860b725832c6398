import { Button, Group, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { eraseProfile, exportProfile, type PersonAnswer } from '@/api/generated'
import { useMay } from '@/app/session'
import { Dialog, Section, toast, useErrorLine } from '@/design'
import { Receipts } from './Receipts'
import styles from './rights.module.css'
import { useText } from './texts'

export default function RightsPart({ person }: { person: PersonAnswer }) {
  const t = useText()
  const isAdmin = useMay('admin')
  const mayExport = useMay('export')
  if (!(isAdmin || mayExport)) return <p>{t('forbidden')}</p>
  return (
    <>
      {mayExport && <Export profileId={person.id} />}
      {isAdmin && <Erase person={person} />}
      {isAdmin && <Receipts />}
    </>
  )
}

function Export({ profileId }: { profileId: string }) {
  const t = useText()
  const errorLine = useErrorLine()
  const queries = useQueryClient()
  const made = useMutation({
    mutationFn: async () => {
      const path = { profile_id: profileId }
      const { data, response } = await exportProfile({ path, parseAs: 'blob', throwOnError: true })
      return { file: data as unknown as Blob, id: response.headers.get('Kikubari-Receipt') ?? '' }
    },
    onSuccess: ({ file, id }) => {
      save(file, `${id}.json`)
      toast(t('exported', { id }))
      queries.invalidateQueries()
    },
  })
  return (
    <Section title={t('export')} note={t('export_say')}>
      <Button onClick={() => made.mutate()} loading={made.isPending}>
        {t('export_act')}
      </Button>
      {made.isError && (
        <p role="alert" className={styles.error}>
          {errorLine(made.error)}
        </p>
      )}
    </Section>
  )
}

function Erase({ person }: { person: PersonAnswer }) {
  const t = useText()
  const [isAsking, setIsAsking] = useState(false)
  return (
    <Section title={t('erase')} note={t('erase_say')}>
      <Button color="shu" variant="outline" onClick={() => setIsAsking(true)}>
        {t('erase_act')}
      </Button>
      {isAsking && <EraseDialog person={person} onClose={() => setIsAsking(false)} />}
    </Section>
  )
}

function EraseDialog({ person, onClose }: { person: PersonAnswer; onClose: () => void }) {
  const t = useText()
  const errorLine = useErrorLine()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [confirm, setConfirm] = useState('')
  const erase = useMutation({
    mutationFn: async () => {
      const body = { confirm, reason: reason.trim() }
      const path = { profile_id: person.id }
      return (await eraseProfile({ path, body, throwOnError: true })).data
    },
    onSuccess: (receipt) => {
      toast(t('erased', { id: receipt.receipt_id }))
      queries.removeQueries()
      navigate({ to: '/profiles' })
    },
  })
  return (
    <Dialog
      onClose={onClose}
      hasCloseButton={false}
      title={t('erase_title', { name: person.name || person.id })}
    >
      <form
        className={styles.dialog}
        onSubmit={(event) => {
          event.preventDefault()
          erase.mutate()
        }}
      >
        <p className={styles.error}>{t('irreversible')}</p>
        <Textarea
          label={t('reason')}
          description={t('reason_how')}
          autosize
          minRows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <TextInput
          label={t('confirm', { id: person.id })}
          value={confirm}
          onChange={(event) => setConfirm(event.currentTarget.value.trim())}
        />
        {erase.isError && (
          <p role="alert" className={styles.error}>
            {errorLine(erase.error)}
          </p>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button
            type="submit"
            color="shu"
            disabled={confirm !== person.id || !reason.trim()}
            loading={erase.isPending}
          >
            {t('erase_act')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
