import { NativeSelect, TextInput } from '@mantine/core'
import type { QuietHours } from '@/api/generated'
import styles from './SendingPage.module.css'
import { useText } from './texts'

interface Props {
  quiet: QuietHours
  label: string
  onChange: (quiet: QuietHours) => void
}

/** From when to when nothing is sent; past midnight when it ends earlier than it starts. */
export function QuietFields({ quiet, label, onChange }: Props) {
  const t = useText()
  return (
    <>
      {(['start', 'end'] as const).map((field) => (
        <TextInput
          key={field}
          className={styles.time}
          type="time"
          required
          withAsterisk={false}
          label={t(field)}
          aria-label={`${label}: ${t(field)}`}
          value={quiet[field]}
          onChange={(event) => onChange({ ...quiet, [field]: event.currentTarget.value })}
        />
      ))}
      <NativeSelect
        label={t('channel')}
        aria-label={`${label}: ${t('channel')}`}
        value={quiet.channel}
        onChange={(event) => onChange({ ...quiet, channel: event.currentTarget.value })}
        data={[
          { value: '', label: t('channel_all') },
          { value: 'email', label: t('channel_email') },
        ]}
      />
    </>
  )
}
