import { Alert, Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { type CodeSource, createOffer, type OfferDefinition } from '@/api/generated'
import { listOffersQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { useShop } from '@/app/session'
import { Dialog, NumberField, toast, useErrorLine } from '@/design'
import { BenefitFields } from './BenefitFields'
import { benefitOf, minorUnits, nothing } from './benefit'
import styles from './Offers.module.css'
import { useText } from './texts'

interface Limits {
  until: string
  days?: number
  most?: number
  budget?: number
}

/** Makes an offer, and goes to it. */
export function OfferDialog({ onClose }: { onClose: () => void }) {
  const t = useText()
  const sayError = useErrorLine()
  const units = minorUnits(useShop().currency)
  const [name, setName] = useState('')
  const [wanted, setWanted] = useState(nothing)
  const [limits, setLimits] = useState<Limits>({ until: '' })
  const [codes, setCodes] = useState<CodeSource>('generated')
  const make = useMake()
  const benefit = benefitOf(wanted, units)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (benefit) {
      make.mutate({
        name,
        benefit,
        codes,
        validity: { ends_on: limits.until || null, days: limits.days ?? null },
        limits: {
          most: limits.most ?? null,
          budget_minor: limits.budget ? Math.round(limits.budget * units) : null,
        },
      })
    }
  }
  return (
    <Dialog onClose={onClose} title={t('make')} isWide>
      <form className={styles.form} onSubmit={submit}>
        <TextInput
          label={t('name')}
          description={t('name_hint')}
          required
          withAsterisk={false}
          maxLength={100}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <BenefitFields
          wanted={wanted}
          onChange={(change) => setWanted((was) => ({ ...was, ...change }))}
        />
        <LimitFields
          limits={limits}
          onChange={(change) => setLimits((was) => ({ ...was, ...change }))}
        />
        <NativeSelect
          label={t('source')}
          value={codes}
          onChange={(event) => setCodes(event.currentTarget.value as CodeSource)}
          data={(['generated', 'uploaded'] as const).map((one) => ({
            value: one,
            label: t(`source_${one}`),
          }))}
        />
        {make.error && (
          <Alert color="shu" role="alert">
            {sayError(make.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" disabled={!benefit} loading={make.isPending}>
            {t('save')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}

function useMake() {
  const t = useText()
  const queries = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: async (body: OfferDefinition) =>
      (await createOffer({ body, throwOnError: true })).data,
    onSuccess: async (offer) => {
      toast(t('made', { name: offer.definition.name }))
      await queries.invalidateQueries({ queryKey: listOffersQueryKey() })
      await navigate({ to: '/offers/$offerId', params: { offerId: offer.id } })
    },
  })
}

interface LimitProps {
  limits: Limits
  onChange: (change: Partial<Limits>) => void
}

function LimitFields({ limits, onChange }: LimitProps) {
  const t = useText()
  const { currency } = useShop()
  return (
    <>
      <fieldset className={styles.fieldset}>
        <legend>{t('days_hint')}</legend>
        <div className={styles.pair}>
          <TextInput
            type="date"
            label={t('until')}
            value={limits.until}
            onChange={(event) => onChange({ until: event.currentTarget.value })}
          />
          <NumberField
            label={t('days_field')}
            isWhole
            min={0}
            max={3660}
            value={limits.days}
            onChange={(days) => onChange({ days })}
          />
        </div>
      </fieldset>
      <fieldset className={styles.fieldset}>
        <legend>{t('open_hint')}</legend>
        <div className={styles.pair}>
          <NumberField
            label={t('limit_field')}
            isWhole
            min={1}
            value={limits.most}
            onChange={(most) => onChange({ most })}
          />
          <NumberField
            label={t('budget', { currency })}
            min={0}
            value={limits.budget}
            onChange={(budget) => onChange({ budget })}
          />
        </div>
      </fieldset>
    </>
  )
}
