import { useQuery } from '@tanstack/react-query'
import type { Limit, RightsNotice, RightsReceipts } from '@/api/generated'
import { listRightsReceiptsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Badge, DataTable, Loaded, Section } from '@/design'
import { useFormat } from '@/language/format'
import styles from './rights.module.css'
import { useText } from './texts'

interface Row {
  id: string
  kind: 'erasure' | 'export' | Limit
  at: string
  by: string
  isFinished: boolean
  isLifted?: boolean
  told: RightsNotice[]
}

/** Every export, erasure and limit there was, newest first, and which systems were told. */
export function Receipts() {
  const t = useText()
  const format = useFormat()
  const receipts = useQuery(listRightsReceiptsOptions())
  return (
    <Section title={t('receipts')} note={t('receipts_say')}>
      <Loaded query={receipts}>
        {(found) => {
          const rows = toRows(found)
          if (rows.length === 0) return <p>{t('no_receipts')}</p>
          return (
            <DataTable
              caption={t('receipts')}
              rows={rows}
              rowKey={(row) => row.id}
              columns={[
                { id: 'id', header: t('receipt'), cell: (row) => <code>{row.id}</code> },
                {
                  id: 'what',
                  header: t('what'),
                  cell: (row) => (
                    <>
                      {t(`kind_${row.kind}`)}{' '}
                      {!row.isFinished && <Badge tone="late">{t('finishing')}</Badge>}
                      {row.isLifted && <Badge>{t('lifted')}</Badge>}
                    </>
                  ),
                },
                { id: 'when', header: t('when'), cell: (row) => format.instant(row.at) },
                { id: 'by', header: t('by'), cell: (row) => row.by },
                { id: 'told', header: t('told'), cell: (row) => <Told told={row.told} /> },
              ]}
            />
          )
        }}
      </Loaded>
    </Section>
  )
}

function Told({ told }: { told: RightsNotice[] }) {
  const t = useText()
  const format = useFormat()
  if (told.length === 0) return t('told_none')
  const say = ({ state, taken_at }: RightsNotice) => {
    if (taken_at) return t('told_taken', { when: format.instant(taken_at) })
    if (state === 'dead') return t('told_dead')
    return t(state === 'given_up' ? 'told_given_up' : 'told_waiting')
  }
  return (
    <ul className={styles.told}>
      {told.map((one) => (
        <li key={`${one.type} ${one.endpoint_id}`}>
          <strong>{one.name}</strong>
          {one.type === 'customer.limit_lifted' && ` (${t('lifted')})`}
          <span>{say(one)}</span>
        </li>
      ))}
    </ul>
  )
}

function toRows({ erasures, exports, limits }: RightsReceipts): Row[] {
  const rows: Row[] = [
    ...erasures.map(({ receipt, is_finished, told }) => ({
      id: receipt.receipt_id,
      kind: 'erasure' as const,
      at: receipt.erased_at,
      by: receipt.erased_by ?? '',
      isFinished: is_finished,
      told,
    })),
    ...exports.map((receipt) => ({
      id: receipt.receipt_id,
      kind: 'export' as const,
      at: receipt.exported_at,
      by: receipt.exported_by,
      isFinished: true,
      told: [],
    })),
    ...limits.map(({ receipt, told }) => ({
      id: receipt.receipt_id,
      kind: receipt.kind,
      at: receipt.placed_at,
      by: receipt.placed_by,
      isFinished: true,
      isLifted: receipt.lifted_at !== null,
      told,
    })),
  ]
  return rows.sort((one, other) => other.at.localeCompare(one.at))
}
