import { CloseButton } from '@mantine/core'
import { Combobox, type Option } from './Combobox'
import styles from './TagsField.module.css'
import { useText } from './texts'

interface Props {
  label: string
  values: string[]
  options: Option[]
  onChange: (values: string[]) => void
}

/** Several texts: chosen from a list, or typed; Enter takes one over, or all that commas part. */
export function TagsField({ label, values, options, onChange }: Props) {
  const t = useText()
  const add = (more: string[]) => {
    const fresh = more.map((one) => one.trim()).filter((one) => one && !values.includes(one))
    if (fresh.length > 0) onChange([...values, ...new Set(fresh)])
  }
  const labels = new Map(options.map((one) => [one.value, one.label]))
  return (
    <div className={styles.field}>
      <Combobox
        label={label}
        value=""
        options={options.filter((one) => !values.includes(one.value))}
        onChange={(value) => add([value])}
        onAdd={(typed) => add(typed.split(/[,\t\n]/))}
        onBackspace={() => onChange(values.slice(0, -1))}
      />
      {values.length > 0 && (
        <ul className={styles.tags}>
          {values.map((value) => (
            <li key={value}>
              {labels.get(value) ?? value}
              <CloseButton
                size="xs"
                aria-label={t('take_out', { what: labels.get(value) ?? value })}
                onClick={() => onChange(values.filter((one) => one !== value))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
