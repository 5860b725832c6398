import { NativeSelect, TextInput } from '@mantine/core'
import { useShop } from '@/app/session'
import { NumberField } from '@/design'
import { type Kind, kinds, type Wanted } from './benefit'
import styles from './Offers.module.css'
import { useText } from './texts'

interface Props {
  wanted: Wanted
  onChange: (change: Partial<Wanted>) => void
}

const percentKinds: Kind[] = ['percent_off', 'next_purchase', 'second_item', 'spend_threshold']

/** What an offer is good for: its kind, and what that kind needs. */
export function BenefitFields({ wanted, onChange }: Props) {
  const t = useText()
  const { currency } = useShop()
  const { kind } = wanted
  return (
    <div className={styles.pair}>
      <NativeSelect
        label={t('kind')}
        value={kind}
        onChange={(event) => onChange({ kind: event.currentTarget.value as Kind })}
        data={kinds.map((one) => ({ value: one, label: t(`kind_${one}`) }))}
      />
      {kind === 'spend_threshold' && (
        <NumberField
          label={t('minimum', { currency })}
          min={0}
          value={wanted.minimum}
          onChange={(minimum) => onChange({ minimum })}
        />
      )}
      {percentKinds.includes(kind) && (
        <NumberField
          label={t('percent')}
          isWhole
          min={1}
          max={100}
          value={wanted.percent}
          onChange={(percent) => onChange({ percent })}
        />
      )}
      {kind === 'amount_off' && (
        <NumberField
          label={t('amount', { currency })}
          min={0}
          value={wanted.amount}
          onChange={(amount) => onChange({ amount })}
        />
      )}
      {kind === 'buy_get' && <BuyGet wanted={wanted} onChange={onChange} />}
      {kind === 'gift' && <GiftFields wanted={wanted} onChange={onChange} />}
    </div>
  )
}

function BuyGet({ wanted, onChange }: Props) {
  const t = useText()
  const bounds = { isWhole: true, min: 1, max: 100 }
  return (
    <>
      <NumberField
        label={t('buy')}
        {...bounds}
        value={wanted.buy}
        onChange={(buy) => onChange({ buy })}
      />
      <NumberField
        label={t('get')}
        {...bounds}
        value={wanted.get}
        onChange={(get) => onChange({ get })}
      />
    </>
  )
}

function GiftFields({ wanted, onChange }: Props) {
  const t = useText()
  return (
    <>
      <TextInput
        label={t('product_id')}
        value={wanted.productId}
        onChange={(event) => onChange({ productId: event.currentTarget.value })}
      />
      <TextInput
        label={t('gift_ja')}
        value={wanted.giftJa}
        onChange={(event) => onChange({ giftJa: event.currentTarget.value })}
      />
      <TextInput
        label={t('gift_en')}
        value={wanted.giftEn}
        onChange={(event) => onChange({ giftEn: event.currentTarget.value })}
      />
    </>
  )
}
