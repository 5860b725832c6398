import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { BroadcastDefinition } from '@/api/generated'
import { listSegmentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useLanguage } from '@/language/texts'
import { useText } from '../texts'

interface Props {
  value: BroadcastDefinition['segment']
  onChange: (value: BroadcastDefinition['segment']) => void
}

/** Whom a message is for. */
export function SegmentField({ value, onChange }: Props) {
  const t = useText()
  const language = useLanguage()
  const segments = useQuery(listSegmentsOptions()).data ?? []
  // A broadcast may have conditions of its own, which are kept unless a segment is chosen.
  const chosen = typeof value === 'string' ? value : ''
  return (
    <NativeSelect
      label={t('segment')}
      description={t('segment_note')}
      value={chosen}
      onChange={(event) => event.currentTarget.value && onChange(event.currentTarget.value)}
      data={[
        { value: '', label: t(value && !chosen ? 'segment_own' : 'segment_choose') },
        ...segments.map((one) => ({
          value: one.id,
          label: language === 'ja' ? one.name_ja : one.name_en,
        })),
      ]}
    />
  )
}
