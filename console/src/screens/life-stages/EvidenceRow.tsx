import { CloseButton, NativeSelect } from '@mantine/core'
import { NumberField, TagsField } from '@/design'
import { useTraitName } from '../profiles/traits/words'
import { Suggest, SuggestMany } from '../segment-builder/fields/Suggest'
import { nameOf } from '../segment-builder/names'
import { useText as useConditionText } from '../segment-builder/texts'
import type { EvidenceDraft } from './draft'
import styles from './Editor.module.css'
import { useText } from './texts'

const types = ['said', 'born', 'did'] as const

interface Props {
  evidence: EvidenceDraft
  onChange: (part: Partial<EvidenceDraft>) => void
  onRemove?: () => void
}

/** One thing that speaks for a stage: an answer, a date that was told, or what people do. */
export function EvidenceRow({ evidence, onChange, onRemove }: Props) {
  const t = useText()
  return (
    <div className={styles.row}>
      <NativeSelect
        label={t('evidence_kind')}
        value={evidence.type}
        data={types.map((type) => ({ value: type, label: t(`kind_${type}`) }))}
        onChange={(event) => onChange({ type: event.currentTarget.value as EvidenceDraft['type'] })}
      />
      {evidence.type === 'did' ? (
        <Deed evidence={evidence} onChange={onChange} />
      ) : (
        <Word evidence={evidence} onChange={onChange} />
      )}
      {onRemove && (
        <CloseButton className={styles.drop} aria-label={t('evidence_remove')} onClick={onRemove} />
      )}
    </div>
  )
}

type FieldsProps = Omit<Props, 'onRemove'>

function Word({ evidence, onChange }: FieldsProps) {
  const t = useText()
  const traitName = useTraitName()
  return (
    <div className={styles.fields}>
      <Suggest
        label={t('trait')}
        value={evidence.trait}
        of={{ kind: 'attributes' }}
        say={traitName}
        onChange={(trait) => onChange({ trait })}
      />
      {evidence.type === 'said' ? (
        <Suggest
          label={t('value')}
          value={evidence.value}
          of={{ kind: 'attribute_values', name: evidence.trait }}
          onChange={(value) => onChange({ value })}
        />
      ) : (
        <>
          <Age label={t('from_days')} field="from_days" {...{ evidence, onChange }} />
          <Age label={t('until_days')} field="until_days" {...{ evidence, onChange }} />
        </>
      )}
    </div>
  )
}

type AgeProps = FieldsProps & { label: string; field: 'from_days' | 'until_days' }

function Age({ label, field, evidence, onChange }: AgeProps) {
  const t = useText()
  return (
    <NumberField
      label={label}
      value={evidence[field]}
      onChange={(value) => onChange({ [field]: value ?? 0 })}
      min={0}
      max={36_500}
      isWhole
      suffix={t('days_suffix')}
    />
  )
}

function Deed({ evidence, onChange }: FieldsProps) {
  const t = useText()
  const condition = useConditionText()
  return (
    <div className={styles.fields}>
      <Suggest
        label={t('event')}
        value={evidence.event}
        of={{ kind: 'events' }}
        say={(event) => nameOf(condition, 'event', event)}
        onChange={(event) => onChange({ event })}
      />
      <NumberField
        label={t('confidence')}
        value={evidence.confidence}
        onChange={(value) => onChange({ confidence: value ?? 50 })}
        min={5}
        max={90}
        isWhole
        suffix="%"
      />
      <SuggestMany
        label={t('categories')}
        values={evidence.categories}
        of={{ kind: 'item_values', name: 'category' }}
        onChange={(categories) => onChange({ categories })}
      />
      <TagsField
        label={t('products')}
        values={evidence.product_ids}
        options={[]}
        onChange={(product_ids) => onChange({ product_ids })}
      />
    </div>
  )
}
