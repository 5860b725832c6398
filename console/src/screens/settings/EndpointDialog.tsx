import { Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { createWebhookEndpoint, type NewEndpoint } from '@/api/generated'
import { listWebhookEndpointsQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { useErrorLine } from '@/design'
import { MakeDialog } from './MakeDialog'
import { NameField } from './NameField'
import { useText } from './texts'

interface Props {
  onMade: (made: NewEndpoint) => void
  onClose: () => void
}

/** Sets up an endpoint. */
export function EndpointDialog({ onMade, onClose }: Props) {
  const t = useText()
  const line = useErrorLine()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  const [types, setTypes] = useState('')
  const make = useMutation({
    mutationFn: async () => {
      const body = { name, url, types: lines(types) }
      return (await createWebhookEndpoint({ body, throwOnError: true })).data
    },
    onSuccess: async (made) => {
      onMade(made)
      await queries.invalidateQueries({ queryKey: listWebhookEndpointsQueryKey() })
      onClose()
    },
  })
  return (
    <MakeDialog
      title={t('webhook_make')}
      fault={make.error ? line(make.error) : undefined}
      isBusy={make.isPending}
      onSubmit={() => make.mutate()}
      onClose={onClose}
    >
      <NameField
        placeholder={t('webhook_example')}
        maxLength={80}
        value={name}
        onChange={setName}
      />
      <TextInput
        label={t('webhook_url')}
        description={t('webhook_url_note')}
        placeholder="https://crm.example/kikubari"
        required
        withAsterisk={false}
        type="url"
        maxLength={2000}
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <Textarea
        label={t('webhook_types')}
        description={t('webhook_types_note')}
        placeholder="Order Completed"
        autosize
        value={types}
        onChange={(event) => setTypes(event.currentTarget.value)}
      />
    </MakeDialog>
  )
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}
