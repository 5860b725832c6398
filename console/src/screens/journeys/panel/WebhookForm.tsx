import { NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { listWebhookEndpointsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import type { StepOf } from '../model/definition'
import styles from './Panel.module.css'
import { useText } from './texts'

interface Props {
  step: StepOf<'webhook'>
  onChange: (step: StepOf<'webhook'>, tag?: string) => void
}

/** Endpoints are the administrators' to list: who may not names one by its id. */
export function WebhookForm({ step, onChange }: Props) {
  const t = useText()
  const mayList = useMay('admin')
  return (
    <>
      {mayList ? (
        <EndpointField
          value={step.endpoint}
          onChange={(endpoint) => onChange({ ...step, endpoint })}
        />
      ) : (
        <TextInput
          label={t('endpoint')}
          value={step.endpoint}
          onChange={(event) =>
            onChange({ ...step, endpoint: event.currentTarget.value }, 'endpoint')
          }
        />
      )}
      <p className={styles.note}>{t('endpoint_note')}</p>
    </>
  )
}

interface EndpointFieldProps {
  value: string
  onChange: (endpoint: string) => void
}

/** One of the endpoints there are, by its name; one that is gone stays chosen until another is. */
function EndpointField({ value, onChange }: EndpointFieldProps) {
  const t = useText()
  const page = useQuery(listWebhookEndpointsOptions({ query: { limit: 500 } }))
  const endpoints = page.data?.endpoints ?? []
  const known = endpoints.some((one) => one.id === value)
  const none = page.isSuccess && endpoints.length === 0
  return (
    <NativeSelect
      label={t('endpoint')}
      description={none ? t('endpoint_none') : undefined}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        ...(known ? [] : [{ value, label: t('endpoint_choose', { id: value }) }]),
        ...endpoints.map(({ id, definition, state }) => ({
          value: id,
          label:
            state === 'disabled'
              ? t('endpoint_disabled', { name: definition.name })
              : definition.name,
        })),
      ]}
    />
  )
}
