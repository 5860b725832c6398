import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { listMembersOptions, listOffersOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { TagsField } from '@/design'
import { useLanguage } from '@/language/texts'
import { Suggest } from '../../segment-builder/fields/Suggest'
import { ListField } from '../../segment-builder/fields/special'
import type { StepOf } from '../model/definition'
import { Remove } from './DecisionForms'
import styles from './Panel.module.css'
import { useText } from './texts'

interface Props<S> {
  step: S
  onChange: (step: S, tag?: string) => void
}

type Value = string | number | boolean | null
const kinds = ['text', 'number', 'yes', 'no', 'nothing'] as const
type ValueKind = (typeof kinds)[number]

function kindOf(value: Value): ValueKind {
  if (value === null) return 'nothing'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'number' ? 'number' : 'text'
}

function readAs(kind: ValueKind, before: Value): Value {
  if (kind === 'nothing') return null
  if (kind === 'yes' || kind === 'no') return kind === 'yes'
  const text = typeof before === 'string' || typeof before === 'number' ? String(before) : ''
  return kind === 'number' ? Number(text) || 0 : text
}

/** Attributes that are written down, each with its value. */
export function TraitForm({ step, onChange }: Props<StepOf<'set_trait'>>) {
  const t = useText()
  const lines = Object.entries(step.traits)
  const put = (next: [string, Value][], tag?: string) =>
    onChange({ ...step, traits: Object.fromEntries(next) }, tag)
  const set = (index: number, line: [string, Value], tag: string) =>
    put(
      lines.map((one, at) => (at === index ? line : one)),
      tag,
    )
  return (
    <>
      <ol className={styles.parts}>
        {lines.map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names change while they are typed
          <li key={index}>
            <div className={styles.line}>
              <Suggest
                label={t('trait')}
                value={name}
                of={{ kind: 'attributes' }}
                onChange={(next) => set(index, [next, value], 'trait')}
              />
              {lines.length > 1 && (
                <Remove
                  label={t('trait_remove')}
                  onRemove={() => put(lines.filter((_, at) => at !== index))}
                />
              )}
            </div>
            <NativeSelect
              label={t('value_kind')}
              value={kindOf(value)}
              onChange={(event) =>
                set(index, [name, readAs(event.currentTarget.value as ValueKind, value)], '')
              }
              data={kinds.map((one) => ({ value: one, label: t(`value_${one}`) }))}
            />
            {(typeof value === 'string' || typeof value === 'number') && (
              <TextInput
                label={t('value')}
                inputMode={typeof value === 'number' ? 'decimal' : undefined}
                value={String(value)}
                onChange={(event) => {
                  const next = readAs(kindOf(value), event.currentTarget.value)
                  set(index, [name, next], 'value')
                }}
              />
            )}
          </li>
        ))}
      </ol>
      <Button
        variant="light"
        onClick={() => put([...lines, ['', '']])}
        disabled={'' in step.traits}
      >
        {t('trait_add')}
      </Button>
    </>
  )
}

export function ListForm({ step, onChange }: Props<StepOf<'list'>>) {
  const t = useText()
  return (
    <>
      <NativeSelect
        label={t('list_act')}
        value={step.act ?? 'add'}
        onChange={(event) =>
          onChange({ ...step, act: event.currentTarget.value as 'add' | 'remove' })
        }
        data={(['add', 'remove'] as const).map((one) => ({ value: one, label: t(`list_${one}`) }))}
      />
      <ListField
        label={t('kind_list')}
        value={step.list}
        onChange={(list) => onChange({ ...step, list }, 'list')}
      />
    </>
  )
}

export function OfferForm({ step, onChange }: Props<StepOf<'offer'>>) {
  const t = useText()
  return (
    <>
      <OfferField
        label={t('kind_offer')}
        value={step.offer}
        onChange={(offer) => onChange({ ...step, offer })}
      />
      <p className={styles.note}>{t('offer_note')}</p>
    </>
  )
}

interface OfferFieldProps {
  label: string
  value: string
  mayBeNone?: boolean
  onChange: (offer: string) => void
}

export function OfferField({ label, value, mayBeNone, onChange }: OfferFieldProps) {
  const t = useText()
  const language = useLanguage()
  const offers = useQuery(listOffersOptions()).data ?? []
  const known = offers.some((one) => one.id === value)
  return (
    <NativeSelect
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        ...(mayBeNone ? [{ value: '', label: t('offer_none') }] : []),
        ...(known || !value ? [] : [{ value, label: value }]),
        ...offers.map((one) => ({
          value: one.id,
          label: `${one.id} – ${language === 'ja' ? one.benefit_ja : one.benefit_en}`,
        })),
      ]}
    />
  )
}

export function NotifyForm({ step, onChange }: Props<StepOf<'notify'>>) {
  const t = useText()
  const mayList = useMay('admin')
  const members = useQuery({ ...listMembersOptions(), enabled: mayList }).data ?? []
  return (
    <>
      <TagsField
        label={t('notify_to')}
        values={step.to}
        options={members.map(({ email, name }) => ({
          value: email,
          label: name ? `${name} <${email}>` : email,
        }))}
        onChange={(to) => onChange({ ...step, to })}
      />
      <p className={styles.note}>{t('notify_note')}</p>
      <TextInput
        label={t('notify_subject')}
        value={step.subject}
        onChange={(event) => onChange({ ...step, subject: event.currentTarget.value }, 'subject')}
      />
      <Textarea
        label={t('notify_text')}
        autosize
        minRows={5}
        maxRows={16}
        value={step.text}
        onChange={(event) => onChange({ ...step, text: event.currentTarget.value }, 'text')}
      />
    </>
  )
}
