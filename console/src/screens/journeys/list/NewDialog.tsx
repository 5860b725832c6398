import { Button, Group, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { createJourney } from '@/api/generated'
import { Dialog, ErrorState } from '@/design'
import { isOfJourneys } from '../state/journeys'
import { useText } from '../texts'
import styles from './JourneysScreen.module.css'

/** A new journey: a name, and then the canvas. */
export function NewDialog({ onClose }: { onClose: () => void }) {
  const t = useText()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: async () => {
      const definition = {
        name: name.trim(),
        trigger: { type: 'event' as const, events: { event: 'Order Completed' } },
      }
      return (await createJourney({ body: { definition }, throwOnError: true })).data
    },
    onSuccess: async ({ journey_id }) => {
      await queries.invalidateQueries({ predicate: ({ queryKey }) => isOfJourneys(queryKey) })
      await navigate({ to: '/journeys/$journeyId', params: { journeyId: journey_id } })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim()) create.mutate()
  }
  return (
    <Dialog title={t('new_title')} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <TextInput
          data-autofocus
          label={t('new_name')}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {create.isError && <ErrorState error={create.error} />}
        <Group justify="flex-end">
          <Button type="submit" disabled={!name.trim()} loading={create.isPending}>
            {t('new_begin')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}
