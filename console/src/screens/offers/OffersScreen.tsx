import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Offer } from '@/api/generated'
import { listOffersOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { Badge, type Column, DataTable, EmptyState, Loaded, PageHeader, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { OfferDialog } from './OfferDialog'
import styles from './Offers.module.css'
import { useText } from './texts'

/** All offers, newest first, each with what it is good for and what came of it. */
export default function OffersScreen() {
  const offers = useQuery(listOffersOptions())
  return (
    <Loaded query={offers} isPage>
      {(found) => <Offers offers={found} />}
    </Loaded>
  )
}

function Offers({ offers }: { offers: Offer[] }) {
  const t = useText()
  const [isMaking, setIsMaking] = useState(false)
  const make = useMay('write') && <Button onClick={() => setIsMaking(true)}>{t('make')}</Button>
  const isEmpty = offers.length === 0
  return (
    <>
      <PageHeader
        title={isEmpty ? t('none') : t('lead', { count: offers.length })}
        documentTitle={t('title')}
        reason={t('reason')}
        action={!isEmpty && make}
      />
      {isEmpty ? (
        <EmptyState title={t('make')} action={make}>
          {t('none_how')}
        </EmptyState>
      ) : (
        <List offers={offers} />
      )}
      {isMaking && <OfferDialog onClose={() => setIsMaking(false)} />}
    </>
  )
}

function List({ offers }: { offers: Offer[] }) {
  const t = useText()
  const format = useFormat()
  const language = useLanguage()
  const columns: Column<Offer>[] = [
    {
      id: 'name',
      header: t('name'),
      cell: (one) => (
        <>
          <TextLink to="/offers/$offerId" params={{ offerId: one.id }}>
            {one.definition.name}
          </TextLink>
          <p className={styles.benefit}>{language === 'ja' ? one.benefit_ja : one.benefit_en}</p>
        </>
      ),
    },
    { id: 'state', header: t('state'), cell: (one) => <State offer={one} /> },
    {
      id: 'left',
      header: t('left'),
      isNumber: true,
      cell: ({ figures }) =>
        figures.n_left === null ? t('no_end') : format.number(figures.n_left),
    },
    {
      id: 'issued',
      header: t('issued'),
      isNumber: true,
      cell: (one) => format.number(one.figures.n_issued),
    },
    {
      id: 'redeemed',
      header: t('redeemed'),
      isNumber: true,
      cell: (one) => format.number(one.figures.n_redeemed),
    },
  ]
  return <DataTable caption={t('title')} columns={columns} rows={offers} rowKey={(one) => one.id} />
}

function State({ offer }: { offer: Offer }) {
  const t = useText()
  return (
    <Badge tone={offer.is_ended ? 'neutral' : 'good'}>
      {t(offer.is_ended ? 'ended' : 'running')}
    </Badge>
  )
}
