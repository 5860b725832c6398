import { Switch } from '@mantine/core'
import { useGivesText } from './givesTexts'

interface Props {
  value: boolean | undefined
  hasCoupon: boolean
  onChange: (gives: boolean) => void
}

/** Whether a message gives or asks: the guard looks at the last five that somebody got. */
export function GivesField({ value, hasCoupon, onChange }: Props) {
  const t = useGivesText()
  return (
    <Switch
      size="sm"
      label={t('gives')}
      description={t(hasCoupon ? 'gives_coupon' : 'gives_note')}
      disabled={hasCoupon}
      checked={!hasCoupon && (value ?? false)}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  )
}
