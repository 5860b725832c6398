import { Textarea } from '@mantine/core'
import { useState } from 'react'
import type { PlanRule } from '@/api/generated'
import { useText } from '../texts'
import styles from './SchemaField.module.css'

interface Props {
  rule: PlanRule
  onChange: (schema: Record<string, unknown>) => void
  /** Told whether what stands in the field can be read. */
  onBad: (isBad: boolean) => void
  isDisabled: boolean
}

export function SchemaField({ rule, onChange, onBad, isDisabled }: Props) {
  const t = useText()
  const [text, setText] = useState(() => JSON.stringify(rule.schema ?? {}, null, 2))
  const [error, setError] = useState('')
  const edit = (value: string) => {
    setText(value)
    try {
      onChange(readObject(value))
      setError('')
      onBad(false)
    } catch (fault) {
      setError(fault instanceof Error ? fault.message : String(fault))
      onBad(true)
    }
  }
  return (
    <Textarea
      label={t('schema_label')}
      value={text}
      onChange={(event) => edit(event.currentTarget.value)}
      error={error && t('schema_bad', { error })}
      autosize
      minRows={12}
      maxRows={30}
      spellCheck={false}
      disabled={isDisabled}
      classNames={{ input: styles.code }}
    />
  )
}

function readObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error('{ }')
  return { ...value }
}
