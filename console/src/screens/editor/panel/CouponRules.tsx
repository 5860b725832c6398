import { ActionIcon, Button } from '@mantine/core'
import { IconArrowUp, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { CouponChoice, CouponRule, Offer } from '@/api/generated'
import { listOffersOptions, listSegmentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { TextLink } from '@/design'
import { useLanguage } from '@/language/texts'
import styles from './CouponRules.module.css'
import { useText } from './couponTexts'
import { Select, Yes } from './fields'

interface Props {
  value: CouponChoice | null | undefined
  onChange: (value: CouponChoice | null) => void
}

/** Which offer is for whom: the first that fits a person gives them a code. */
export function CouponRules({ value, onChange }: Props) {
  const t = useText()
  const offers = useQuery(listOffersOptions())
  const rules = value?.rules ?? []
  const first = offers.data?.find((one) => !one.is_ended) ?? offers.data?.[0]
  const put = (changed: CouponRule[]) =>
    onChange(changed.length ? { ...value, rules: changed } : null)
  return (
    <section className={styles.rules}>
      <h3>{t('coupons')}</h3>
      <p className={styles.note}>{t(rules.length ? 'coupons_note' : 'coupon_none')}</p>
      {rules.map((rule, place) => (
        <Rule
          // biome-ignore lint/suspicious/noArrayIndexKey: rules have no names, their place is who they are
          key={place}
          rule={rule}
          number={place + 1}
          offers={offers.data ?? []}
          onChange={(changed) => put(rules.with(place, changed))}
          onRemove={() => put(rules.toSpliced(place, 1))}
          onUp={
            place > 0
              ? () => put(rules.toSpliced(place, 1).toSpliced(place - 1, 0, rule))
              : undefined
          }
        />
      ))}
      {first && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => put([...rules, { offer: first.id, segment: '' }])}
        >
          {t(rules.length ? 'coupon_add_more' : 'coupon_add')}
        </Button>
      )}
      {offers.data?.length === 0 && (
        <p className={styles.note}>
          {t('coupon_no_offers')} <TextLink to="/offers">{t('coupon_make')}</TextLink>
        </p>
      )}
      {rules.length > 0 && (
        <Yes
          label={t('coupon_required')}
          value={value?.is_required}
          onChange={(is_required) => onChange({ rules, is_required })}
        />
      )}
    </section>
  )
}

interface RuleProps {
  rule: CouponRule
  number: number
  offers: Offer[]
  onChange: (rule: CouponRule) => void
  onRemove: () => void
  onUp: (() => void) | undefined
}

function Rule({ rule, number, offers, onChange, onRemove, onUp }: RuleProps) {
  const t = useText()
  const language = useLanguage()
  const segments = useQuery(listSegmentsOptions()).data ?? []
  return (
    <fieldset className={styles.rule}>
      <legend>{t('coupon_offer', { number })}</legend>
      <div className={styles.acts}>
        {onUp && (
          <ActionIcon variant="subtle" aria-label={t('coupon_up', { number })} onClick={onUp}>
            <IconArrowUp size={16} />
          </ActionIcon>
        )}
        <ActionIcon
          variant="subtle"
          color="shu"
          aria-label={t('coupon_remove', { number })}
          onClick={onRemove}
        >
          <IconX size={16} />
        </ActionIcon>
      </div>
      <Select
        label={t('coupon_choose')}
        value={rule.offer}
        choices={offers.map(({ id, definition: { name }, is_ended }): [string, string] => [
          id,
          is_ended ? t('coupon_ended', { name }) : name,
        ])}
        onChange={(offer) => onChange({ ...rule, offer })}
      />
      <Select
        label={t('coupon_for')}
        value={rule.segment ?? ''}
        choices={[
          ['', t(number === 1 ? 'coupon_all' : 'coupon_everybody')],
          ...segments.map((one): [string, string] => [
            one.id,
            language === 'ja' ? one.name_ja : one.name_en,
          ]),
        ]}
        onChange={(segment) => onChange({ ...rule, segment })}
      />
    </fieldset>
  )
}
