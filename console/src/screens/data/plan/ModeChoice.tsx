import { SegmentedControl } from '@mantine/core'
import { useId } from 'react'
import type { Mode } from '@/api/generated'
import { modes } from '../choices'
import { useText } from '../texts'
import styles from './ModeChoice.module.css'

interface Props {
  label: string
  value: Mode
  onChange: (mode: Mode) => void
  isDisabled?: boolean
}

export function ModeChoice({ label, value, onChange, isDisabled }: Props) {
  const t = useText()
  const id = useId()
  return (
    <div className={styles.choice}>
      <p id={id}>{label}</p>
      <SegmentedControl
        aria-labelledby={id}
        value={value}
        onChange={(chosen) => onChange(modes.find((one) => one === chosen) ?? value)}
        data={modes.map((mode) => ({ value: mode, label: t(`mode_${mode}`) }))}
        disabled={isDisabled}
      />
      <small>{t(`mode_${value}_how`)}</small>
    </div>
  )
}
