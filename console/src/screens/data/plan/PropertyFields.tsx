import { Button, Checkbox, CloseButton, NativeSelect, TextInput } from '@mantine/core'
import type { Mode } from '@/api/generated'
import { modes } from '../choices'
import { useText } from '../texts'
import styles from './PropertyFields.module.css'
import { emptyProperty, jsonTypes, type PropertyDraft } from './ruleForm'

interface Props {
  properties: PropertyDraft[]
  onChange: (properties: PropertyDraft[]) => void
  isDisabled: boolean
}

export function PropertyFields({ properties, onChange, isDisabled }: Props) {
  const t = useText()
  const replace = (key: number, change: Partial<PropertyDraft>) =>
    onChange(properties.map((one) => (one.key === key ? { ...one, ...change } : one)))
  return (
    <div className={styles.properties}>
      {properties.map((one) => (
        <PropertyRow
          key={one.key}
          property={one}
          onChange={(change) => replace(one.key, change)}
          onRemove={() => onChange(properties.filter((other) => other.key !== one.key))}
          isDisabled={isDisabled}
        />
      ))}
      {!isDisabled && (
        <div>
          <Button
            variant="default"
            onClick={() => onChange([...properties, emptyProperty(properties)])}
          >
            {t('property_add')}
          </Button>
        </div>
      )}
    </div>
  )
}

interface RowProps {
  property: PropertyDraft
  onChange: (change: Partial<PropertyDraft>) => void
  onRemove: () => void
  isDisabled: boolean
}

const typeNames = {
  any: 'any_type',
  string: 'type_text',
  number: 'type_number',
  integer: 'type_integer',
  boolean: 'type_boolean',
  array: 'type_list',
  object: 'type_object',
} as const

function PropertyRow({ property, onChange, onRemove, isDisabled }: RowProps) {
  const t = useText()
  const hasMore = Object.keys(property.rest).some((name) => name !== 'description')
  return (
    <fieldset className={styles.row} disabled={isDisabled}>
      <legend>{property.name || t('property')}</legend>
      <TextInput
        aria-label={t('property')}
        placeholder={t('property')}
        value={property.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <NativeSelect
        aria-label={`${property.name} ${t('property_type')}`}
        data={jsonTypes.map((value) => ({ value, label: t(typeNames[value]) }))}
        value={property.type}
        onChange={({ currentTarget: { value } }) =>
          onChange({ type: jsonTypes.find((one) => one === value) ?? 'any' })
        }
      />
      <NativeSelect
        aria-label={`${property.name} ${t('property_mode')}`}
        data={[
          { value: '', label: t('as_rule') },
          ...modes.map((value) => ({ value, label: t(`mode_${value}`) })),
        ]}
        value={property.mode}
        onChange={(event) => onChange({ mode: asMode(event.currentTarget.value) })}
      />
      <Checkbox
        label={t('property_required')}
        checked={property.isRequired}
        onChange={(event) => onChange({ isRequired: event.currentTarget.checked })}
      />
      <CloseButton aria-label={t('property_remove', { name: property.name })} onClick={onRemove} />
      {hasMore && <small>{t('kept_parts')}</small>}
    </fieldset>
  )
}

function asMode(value: string): Mode | '' {
  return modes.find((one) => one === value) ?? ''
}
