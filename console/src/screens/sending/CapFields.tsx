import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Cap } from '@/api/generated'
import { listTopicsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { NumberField } from '@/design'
import { useLanguage } from '@/language/texts'
import styles from './SendingPage.module.css'
import { useText } from './texts'

interface Props {
  cap: Cap
  label: string
  onChange: (cap: Cap) => void
}

/** So many messages in so long, on a channel or all, about a topic or everything. */
export function CapFields({ cap, label, onChange }: Props) {
  const t = useText()
  const language = useLanguage()
  const topics = useQuery(listTopicsOptions()).data ?? []
  const change = (some: Partial<Cap>) => onChange({ ...cap, ...some })
  const named = (field: string) => `${label}: ${field}`
  return (
    <>
      <NumberField
        className={styles.short}
        label={t('most')}
        value={cap.most}
        onChange={(most) => change({ most: most ?? 1 })}
        min={1}
        max={1000}
        isWhole
      />
      <NumberField
        className={styles.short}
        label={t('period')}
        value={cap.period}
        onChange={(period) => change({ period: period ?? 1 })}
        min={1}
        max={cap.unit === 'hours' ? 2208 : 92}
        isWhole
      />
      <NativeSelect
        label={t('unit')}
        aria-label={named(t('unit'))}
        value={cap.unit}
        onChange={(event) => change({ unit: event.currentTarget.value as Cap['unit'] })}
        data={(['calendar_days', 'hours'] as const).map((value) => ({
          value,
          label: t(`unit_${value}`),
        }))}
      />
      <NativeSelect
        label={t('channel')}
        aria-label={named(t('channel'))}
        value={cap.channel}
        onChange={(event) => change({ channel: event.currentTarget.value })}
        data={[
          { value: 'email', label: t('channel_email') },
          { value: '', label: t('channel_all') },
        ]}
      />
      <NativeSelect
        label={t('about')}
        aria-label={named(t('about'))}
        value={cap.topic}
        onChange={(event) => change({ topic: event.currentTarget.value })}
        data={[
          { value: '', label: t('about_all') },
          ...topics.map(({ definition }) => ({
            value: definition.id,
            label: language === 'ja' ? definition.name_ja : definition.name_en,
          })),
        ]}
      />
    </>
  )
}
