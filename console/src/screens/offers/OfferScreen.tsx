import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { Offer, RedemptionAnswer } from '@/api/generated'
import { getOfferOptions, listRedemptionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay, useShop } from '@/app/session'
import {
  type Column,
  DataTable,
  EmptyState,
  Facts,
  Figure,
  Figures,
  Loaded,
  PageHeader,
  Section,
  TextLink,
} from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { EndButton } from './EndButton'
import styles from './Offers.module.css'
import { useText } from './texts'
import { Upload } from './Upload'

/** One offer: what came of it, what it is, its codes and the orders made with them. */
export default function OfferScreen() {
  const { offerId = '' } = useParams({ strict: false })
  const offer = useQuery(getOfferOptions({ path: { offer_id: offerId } }))
  return (
    <Loaded query={offer} isPage>
      {(found) => <Shown offer={found} />}
    </Loaded>
  )
}

function Shown({ offer }: { offer: Offer }) {
  const t = useText()
  const language = useLanguage()
  const mayWrite = useMay('write')
  const isUploaded = offer.definition.codes === 'uploaded'
  return (
    <>
      <PageHeader
        title={offer.definition.name}
        reason={language === 'ja' ? offer.benefit_ja : offer.benefit_en}
        back={{ to: '/offers', label: t('back') }}
        action={mayWrite && <EndButton offer={offer} />}
      />
      <Section title={t('outcome')} isTitleHidden>
        <Outcome offer={offer} />
      </Section>
      <Section title={t('what')}>
        <Description offer={offer} />
      </Section>
      {isUploaded ? (
        mayWrite && <Upload offer={offer} />
      ) : (
        <Section title={t('codes')} note={t('codes_note')}>
          <code className={styles.command}>kikubari offers codes {offer.id}</code>
        </Section>
      )}
      <Orders offer={offer} />
    </>
  )
}

function Outcome({ offer }: { offer: Offer }) {
  const t = useText()
  const format = useFormat()
  const { currency } = useShop()
  const { figures, definition } = offer
  const budget = definition.limits?.budget_minor
  const isSpent = Boolean(budget && figures.discount_minor >= budget)
  const money = (minor: number) => format.money(minor, currency)
  return (
    <Figures>
      <Figure
        value={figures.n_left === null ? '∞' : format.number(figures.n_left)}
        label={t('left')}
        note={
          definition.codes === 'uploaded'
            ? t('free_note', { count: figures.n_free })
            : figures.n_left === null && t('no_end')
        }
      />
      <Figure value={format.number(figures.n_issued)} label={t('issued')} />
      <Figure
        value={format.number(figures.n_redeemed)}
        label={t('redeemed')}
        note={t('applied_note', { count: figures.n_applied })}
      />
      <Figure
        value={money(figures.discount_minor)}
        label={t('discount')}
        tone={isSpent ? 'guard' : 'ink'}
        note={budget && (isSpent ? t('budget_used') : t('budget_note', { budget: money(budget) }))}
      />
      <Figure value={money(figures.revenue_minor)} label={t('revenue')} />
    </Figures>
  )
}

function Description({ offer }: { offer: Offer }) {
  const t = useText()
  const format = useFormat()
  const { currency } = useShop()
  const { validity = {}, limits = {}, conditions = {} } = offer.definition
  const day = validity.ends_on && format.calendarDay(validity.ends_on)
  const days = typeof validity.days === 'number' && t('days', { count: validity.days })
  const most = limits.most && t('most', { count: limits.most })
  const each = t('each', { count: limits.per_person ?? 1 })
  return (
    <Facts
      facts={[
        [t('validity'), day && days ? t('both', { days, day }) : day || days || t('always')],
        [t('limits'), format.list([most, each].filter((one) => typeof one === 'string'))],
        ...(conditions.minimum_minor
          ? [
              [t('conditions'), format.money(conditions.minimum_minor, currency)] as [
                string,
                string,
              ],
            ]
          : []),
      ]}
    />
  )
}

function Orders({ offer }: { offer: Offer }) {
  const t = useText()
  const orders = useQuery(listRedemptionsOptions({ path: { offer_id: offer.id } }))
  return (
    <Section title={t('orders')}>
      <Loaded query={orders}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState title={t('no_orders')}>{t('no_orders_how')}</EmptyState>
          ) : (
            <OrderTable orders={found} />
          )
        }
      </Loaded>
    </Section>
  )
}

function OrderTable({ orders }: { orders: RedemptionAnswer[] }) {
  const t = useText()
  const format = useFormat()
  const { currency } = useShop()
  const columns: Column<RedemptionAnswer>[] = [
    { id: 'code', header: t('code'), cell: (one) => <code>{one.code}</code> },
    {
      id: 'customer',
      header: t('customer'),
      cell: ({ person }) =>
        person ? (
          <TextLink to="/profiles/$profileId" params={{ profileId: person.id }}>
            {person.name}
          </TextLink>
        ) : (
          t('erased')
        ),
    },
    { id: 'when', header: t('when'), cell: (one) => format.instant(one.at) },
    {
      id: 'discount',
      header: t('off'),
      isNumber: true,
      cell: (one) => format.money(one.discount_minor, currency),
    },
    {
      id: 'revenue',
      header: t('paid'),
      isNumber: true,
      cell: (one) => format.money(one.revenue_minor, currency),
    },
  ]
  return (
    <DataTable
      caption={t('orders')}
      columns={columns}
      rows={orders}
      rowKey={(one) => `${one.code} ${one.order_id}`}
    />
  )
}
