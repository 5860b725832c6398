import type { ConsentEntry } from '@/api/generated'
import { Badge, DataTable, Section, type Tone } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from './texts'

const tones: Record<string, Tone> = { granted: 'good', denied: 'late', withdrawn: 'late' }

/** The ledger, newest first, with what stands marked. */
export function Consents({ entries }: { entries: ConsentEntry[] }) {
  const t = useText()
  const format = useFormat()
  const seen = new Set<string>()
  const rows = entries.map((entry, index) => {
    const key = `${entry.purpose} ${entry.channel}`
    const stands = !seen.has(key)
    seen.add(key)
    return { entry, stands, index }
  })
  return (
    <Section title={t('consents')} note={t('consents_say')}>
      {rows.length === 0 ? (
        <p>{t('no_consents')}</p>
      ) : (
        <DataTable
          caption={t('consents')}
          rows={rows}
          rowKey={({ index }) => index}
          columns={[
            {
              id: 'purpose',
              header: t('purpose'),
              cell: ({ entry }) =>
                `${t(`purpose_${entry.purpose}` as 'purpose_marketing')} · ${entry.channel || t('all_channels')}`,
            },
            {
              id: 'status',
              header: t('status'),
              cell: ({ entry, stands }) => (
                <>
                  <Badge tone={stands ? tones[entry.status] : 'neutral'}>
                    {t(`status_${entry.status}` as 'status_granted')}
                  </Badge>{' '}
                  {stands && <small>{t('stands')}</small>}
                </>
              ),
            },
            { id: 'when', header: t('when'), cell: ({ entry }) => format.instant(entry.at) },
            {
              id: 'wording',
              header: t('wording'),
              cell: ({ entry }) => entry.wording_version || '–',
            },
            { id: 'source', header: t('source'), cell: ({ entry }) => entry.source || '–' },
            {
              id: 'proof',
              header: t('proof'),
              cell: ({ entry }) => (entry.proof === null ? t('proof_erased') : entry.proof || '–'),
            },
          ]}
        />
      )}
    </Section>
  )
}
