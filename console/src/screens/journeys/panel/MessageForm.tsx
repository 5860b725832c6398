import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { listTopicsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { NumberField } from '@/design'
import { useLanguage } from '@/language/texts'
import { writtenIn } from '../../editor/blocks/model'
import { GivesField } from '../../editor/panel/GivesField'
import type { Channel, MessageStep } from '../model/definition'
import { channels } from '../model/fresh'
import { OfferField } from './ActForms'
import styles from './Panel.module.css'
import { Pick } from './Pick'
import { useText } from './texts'

interface Props {
  step: MessageStep
  onChange: (step: MessageStep, tag?: string) => void
  /** Opens the editor of the message. */
  onWrite: () => void
}

/** Where a message goes, what it is about; its words are written in the message editor. */
export function MessageForm({ step, onChange, onWrite }: Props) {
  const t = useText()
  const { template, channel = 'email', fallback = [] } = step
  const languages = writtenIn(template.variants)
  const set = (some: Partial<MessageStep>, tag?: string) => onChange({ ...step, ...some }, tag)
  const rule = step.coupon?.rules[0]
  return (
    <>
      <div className={styles.letter}>
        {languages.length === 0 && <p>{t('not_written')}</p>}
        {languages.map((language) => (
          <div key={language} lang={language}>
            <p>{template.variants[language]?.subject || t('no_subject')}</p>
            <p>{template.variants[language]?.preheader}</p>
          </div>
        ))}
      </div>
      <Button onClick={onWrite}>{t(languages.length ? 'edit_message' : 'write_message')}</Button>
      <Pick
        label={t('channel')}
        value={channel}
        options={channels}
        say={(one) => t(`channel_${one}`)}
        onChange={(next) =>
          set({ channel: next, fallback: fallback.filter((one) => one !== next) })
        }
      />
      <Pick<Channel | ''>
        label={t('fallback')}
        value={fallback[0] ?? ''}
        options={['', ...channels.filter((one) => one !== channel)]}
        say={(one) => (one === '' ? t('fallback_none') : t(`channel_${one}`))}
        onChange={(one) => set({ fallback: one === '' ? [] : [one, ...fallback.slice(1)] })}
      />
      {[channel, ...fallback].some((one) => one !== 'email') && (
        <p className={styles.note}>{t('channel_by_email')}</p>
      )}
      <Pick
        label={t('purpose')}
        value={step.purpose ?? 'marketing'}
        options={['marketing', 'transactional'] as const}
        say={(one) => t(`message_${one}`)}
        onChange={(purpose) => set({ purpose })}
      />
      <TopicField value={step.topic ?? ''} onChange={(topic) => set({ topic })} />
      <OfferField
        label={t('coupon')}
        mayBeNone
        value={rule?.offer ?? ''}
        onChange={(offer) => set({ coupon: offer ? { rules: [{ ...rule, offer }] } : null })}
      />
      {step.purpose !== 'transactional' && (
        <GivesField
          value={step.gives}
          hasCoupon={Boolean(step.coupon)}
          onChange={(gives) => set({ gives })}
        />
      )}
      <section className={styles.group}>
        <h3>{t('sender')}</h3>
        <p className={styles.note}>{t('sender_note')}</p>
        <TextInput
          label={t('from_name')}
          value={step.sender?.from_name ?? ''}
          onChange={(event) =>
            set({ sender: senderOf(step, { from_name: event.currentTarget.value }) }, 'from_name')
          }
        />
        <TextInput
          type="email"
          label={t('from_address')}
          value={step.sender?.from_address ?? ''}
          onChange={(event) =>
            set({ sender: senderOf(step, { from_address: event.currentTarget.value }) }, 'from')
          }
        />
        <NumberField
          label={t('cost')}
          isWhole
          min={0}
          description={t('cost_note')}
          value={step.cost_minor ?? undefined}
          onChange={(cost_minor) => set({ cost_minor: cost_minor ?? null }, 'cost')}
        />
      </section>
    </>
  )
}

/** None where nothing is said: then it is the shop's own. */
function senderOf(step: MessageStep, some: Partial<NonNullable<MessageStep['sender']>>) {
  const sender = { from_address: '', ...step.sender, ...some }
  return sender.from_address || sender.from_name ? sender : null
}

function TopicField({ value, onChange }: { value: string; onChange: (topic: string) => void }) {
  const t = useText()
  const language = useLanguage()
  const topics = useQuery(listTopicsOptions()).data ?? []
  if (topics.length === 0) return null
  return (
    <NativeSelect
      label={t('topic')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        { value: '', label: t('topic_none') },
        ...topics.map(({ definition: one }) => ({
          value: one.id,
          label: language === 'ja' ? one.name_ja : one.name_en,
        })),
      ]}
    />
  )
}
