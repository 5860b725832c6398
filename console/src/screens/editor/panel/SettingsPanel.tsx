import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { BroadcastDefinition, Sender } from '@/api/generated'
import { listTopicsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useLanguage } from '@/language/texts'
import { writtenIn } from '../blocks/model'
import { useEditor } from '../state/editor'
import { useText } from '../texts'
import { CouponRules } from './CouponRules'
import { ExperimentFields } from './ExperimentFields'
import { Select, Yes } from './fields'
import { GivesField } from './GivesField'
import styles from './Panel.module.css'
import { SegmentField } from './SegmentField'

/** Whom it is for, whom it is from, and how it goes. */
export default function SettingsPanel() {
  const t = useText()
  const { definition, changeDefinition } = useEditor()
  const change = (some: Partial<BroadcastDefinition>, tag?: string) =>
    changeDefinition((now) => ({ ...now, ...some }), tag)
  const { template, sender } = definition
  const setSender = (some: Partial<Sender>) => change({ sender: { ...sender, ...some } }, 'sender')
  return (
    <div className={styles.fields}>
      <h2>{t('settings')}</h2>
      <TextInput
        label={t('name')}
        description={t('name_note')}
        value={definition.name}
        onChange={(event) => change({ name: event.currentTarget.value }, 'name')}
      />
      <SegmentField value={definition.segment} onChange={(segment) => change({ segment })} />
      <TextInput
        label={t('from_name')}
        value={sender.from_name ?? ''}
        onChange={(event) => setSender({ from_name: event.currentTarget.value })}
      />
      <TextInput
        label={t('from_address')}
        type="email"
        value={sender.from_address}
        onChange={(event) => setSender({ from_address: event.currentTarget.value })}
      />
      <TopicField value={definition.topic ?? ''} onChange={(topic) => change({ topic })} />
      <Select
        label={t('default_language')}
        value={template.default_language}
        choices={writtenIn(template.variants).map((one) => [one, t(one)])}
        onChange={(default_language) => change({ template: { ...template, default_language } })}
      />
      <Yes
        label={t('has_tracking')}
        value={definition.has_tracking ?? true}
        onChange={(has_tracking) => change({ has_tracking })}
      />
      <Yes
        label={t('at_best_hour')}
        value={definition.at_best_hour}
        onChange={(at_best_hour) => change({ at_best_hour })}
      />
      {definition.purpose !== 'transactional' && (
        <GivesField
          value={definition.gives}
          hasCoupon={Boolean(definition.coupon)}
          onChange={(gives) => change({ gives })}
        />
      )}
      <CouponRules value={definition.coupon} onChange={(coupon) => change({ coupon })} />
      <ExperimentFields />
    </div>
  )
}

interface FieldProps<V> {
  value: V
  onChange: (value: string) => void
}

function TopicField({ value, onChange }: FieldProps<string>) {
  const t = useText()
  const language = useLanguage()
  const topics = useQuery(listTopicsOptions()).data ?? []
  if (!topics.length) return null
  return (
    <Select
      label={t('topic')}
      description={t('topic_note')}
      value={value}
      choices={[
        ['', t('topic_none')],
        ...topics.map(({ definition: one }): [string, string] => [
          one.id,
          language === 'ja' ? one.name_ja : one.name_en,
        ]),
      ]}
      onChange={onChange}
    />
  )
}
