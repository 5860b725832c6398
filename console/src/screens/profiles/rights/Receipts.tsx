import { useQuery } from '@tanstack/react-query'
import type { RightsReceipts } from '@/api/generated'
import { listRightsReceiptsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Badge, DataTable, Loaded, Section } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from './texts'

interface Row {
  id: string
  kind: 'erasure' | 'export'
  at: string
  by: string
  isFinished: boolean
}

/** Every export and erasure there was, newest first. */
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
                    </>
                  ),
                },
                { id: 'when', header: t('when'), cell: (row) => format.instant(row.at) },
                { id: 'by', header: t('by'), cell: (row) => row.by },
              ]}
            />
          )
        }}
      </Loaded>
    </Section>
  )
}

function toRows({ erasures, exports }: RightsReceipts): Row[] {
  const rows: Row[] = [
    ...erasures.map(({ receipt, is_finished }) => ({
      id: receipt.receipt_id,
      kind: 'erasure' as const,
      at: receipt.erased_at,
      by: receipt.erased_by ?? '',
      isFinished: is_finished,
    })),
    ...exports.map((receipt) => ({
      id: receipt.receipt_id,
      kind: 'export' as const,
      at: receipt.exported_at,
      by: receipt.exported_by,
      isFinished: true,
    })),
  ]
  return rows.sort((one, other) => other.at.localeCompare(one.at))
}
