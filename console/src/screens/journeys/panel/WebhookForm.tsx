import { useQuery } from '@tanstack/react-query'
import { listWebhookNamesOptions } from '@/api/generated/@tanstack/react-query.gen'
import type { StepOf } from '../model/definition'
import { NamePick } from './NamePick'
import styles from './Panel.module.css'
import { useText } from './texts'

interface Props {
  step: StepOf<'webhook'>
  onChange: (step: StepOf<'webhook'>, tag?: string) => void
}

export function WebhookForm({ step, onChange }: Props) {
  const t = useText()
  const endpoints = useQuery(listWebhookNamesOptions())
  const none = endpoints.data?.length === 0
  return (
    <>
      <NamePick
        label={t('endpoint')}
        description={none ? t('endpoint_none') : undefined}
        value={step.endpoint}
        options={(endpoints.data ?? []).map(({ id, name, is_enabled }) => ({
          value: id,
          label: is_enabled ? name : t('endpoint_disabled', { name }),
        }))}
        onChange={(endpoint) => onChange({ ...step, endpoint })}
      />
      <p className={styles.note}>{t('endpoint_note')}</p>
    </>
  )
}
