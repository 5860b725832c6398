import type { ConsentEntry } from '@/api/generated'
import { Badge, DataTable, Section, type Tone } from '@/design'
import { useFormat } from '@/language/format'
import { usePurpose } from '@/language/purposes'
import styles from './messages.module.css'
import { useText } from './texts'

const tones: Record<string, Tone> = { granted: 'good', denied: 'late', withdrawn: 'late' }

/** The ledger, newest first, with what stands marked. */
export function Consents({ entries }: { entries: ConsentEntry[] }) {
  const t = useText()
  const format = useFormat()
  const sayPurpose = usePurpose()
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
                `${entry.purpose.startsWith('sensitive:') ? sayPurpose(entry.purpose) : t(`purpose_${entry.purpose}` as 'purpose_marketing')} · ${t(`channel_${entry.channel || 'all'}` as 'channel_all')}`,
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
            { id: 'proof', header: t('proof'), cell: ({ entry }) => <Proof entry={entry} /> },
          ]}
        />
      )}
    </Section>
  )
}

/** What was seen and done, and under it which wording that was, and where. */
function Proof({ entry }: { entry: ConsentEntry }) {
  const t = useText()
  const where = entry.source === 'simulated' ? t('simulated') : entry.source
  return (
    <div>
      {entry.proof === null ? t('proof_erased') : entry.proof || '–'}
      <span className={styles.wording}>
        {[entry.wording_version, where].filter(Boolean).join(' · ')}
      </span>
    </div>
  )
}
