import { Alert, Button, Group, NativeSelect } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Member, sendBroadcastTest, type TestedAddress, type TestSend } from '@/api/generated'
import { getAudienceOptions, listMembersOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay, useSession } from '@/app/session'
import { Dialog, TagsField, toast, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import styles from './TestDialog.module.css'
import { useText } from './texts'

interface Props {
  broadcastId: string
  /** How many letters are compared; one where nothing is. */
  letters: number
  /** The place of the letter that is looked at. */
  place?: number
  onClose: () => void
}

/** Sends a draft to members, as one of its customers would get it. */
export default function TestDialog({ broadcastId, letters, place = 0, onClose }: Props) {
  const t = useText()
  const sayError = useErrorLine()
  const members = useMembers()
  // Members are named by their address; so those who may not list them need not type it either.
  const { member, name: own } = useSession()
  const [written, setAddresses] = useState<string[]>()
  const addresses = written ?? (member ? [own] : [])
  const [chosen, setChosen] = useState('')
  const audience = useQuery(getAudienceOptions({ path: { broadcast_id: broadcastId } }))
  const people = audience.data?.people ?? []
  const profileId = chosen || people[0]?.id
  const [letter, setLetter] = useState(letterAt(place))
  const test = useTest(broadcastId, onClose)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (profileId) {
      test.mutate({ profile_id: profileId, addresses, letter: letters > 1 ? letter : '' })
    }
  }
  const refused = test.data?.filter((one) => !one.is_sent) ?? []
  return (
    <Dialog title={t('test')} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <p className={styles.note}>{t('note')}</p>
        <NativeSelect
          label={t('written_for')}
          description={t('written_for_note')}
          value={profileId ?? ''}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={people.map((one) => ({
            value: one.id,
            label: one.is_simulated ? `${one.name} (${t('simulated')})` : one.name,
          }))}
        />
        {letters > 1 && (
          <NativeSelect
            label={t('letter')}
            value={letter}
            onChange={(event) => setLetter(event.currentTarget.value)}
            data={Array.from({ length: letters }, (_, one) => ({
              value: letterAt(one),
              label: letterAt(one).toUpperCase(),
            }))}
          />
        )}
        <TagsField
          label={t('members')}
          values={addresses}
          options={members.map((one) => ({
            value: one.email,
            label: one.name ? `${one.name} ${one.email}` : one.email,
          }))}
          onChange={setAddresses}
        />
        {test.error && (
          <Alert color="shu" role="alert">
            {sayError(test.error)}
          </Alert>
        )}
        {refused.map((one) => (
          <Alert key={one.address} color="shu" role="alert">
            {t('not_sent', { address: one.address, why: one.problem || t('stopped') })}
          </Alert>
        ))}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            type="submit"
            disabled={!profileId || addresses.length === 0}
            loading={test.isPending}
          >
            {t('send')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}

/** The API's name of a letter by its place: the broadcast's own is a. */
function letterAt(place: number): string {
  return String.fromCharCode(97 + place)
}

/** Members to choose from, for those who may list them; others type the address. */
function useMembers(): Member[] {
  const mayList = useMay('admin')
  return useQuery({ ...listMembersOptions(), enabled: mayList }).data ?? []
}

function useTest(broadcastId: string, onSent: () => void) {
  const t = useText()
  const format = useFormat()
  return useMutation({
    mutationFn: async (body: TestSend) =>
      (await sendBroadcastTest({ path: { broadcast_id: broadcastId }, body, throwOnError: true }))
        .data,
    onSuccess: (answers: TestedAddress[]) => {
      const sent = answers.filter((one) => one.is_sent).map((one) => one.address)
      if (sent.length > 0) toast(t('sent', { count: sent.length, addresses: format.list(sent) }))
      if (sent.length === answers.length) onSent()
    },
  })
}
