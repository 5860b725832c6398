import { useState } from 'react'
import type { WordingUse } from '@/api/generated'
import { DataTable, EmptyState } from '@/design'
import { useFormat } from '@/language/format'
import { usePurpose } from '@/language/purposes'
import styles from './SendingPage.module.css'
import { useText } from './texts'

const pageSize = 10

/** Under which words and where consents were given. */
export function Uses({ uses }: { uses: WordingUse[] }) {
  const t = useText()
  const format = useFormat()
  const sayPurpose = usePurpose()
  const [shown, setShown] = useState(pageSize)
  if (!uses.length) return <EmptyState title={t('uses_empty')}>{t('uses_empty_reason')}</EmptyState>
  return (
    <DataTable
      caption={t('uses')}
      rows={uses.slice(0, shown)}
      rowKey={(one) => `${one.version} ${one.purpose} ${one.channel} ${one.source}`}
      onMore={shown < uses.length ? () => setShown(shown + pageSize) : undefined}
      columns={[
        {
          id: 'version',
          header: t('uses_version'),
          cell: ({ version, purpose }) => (
            <>
              {version || t('uses_unnamed')}
              <span className={styles.secondary}>{sayPurpose(purpose)}</span>
            </>
          ),
        },
        { id: 'source', header: t('uses_where'), cell: (one) => one.source || '–' },
        {
          id: 'people',
          header: t('uses_people'),
          cell: (one) => format.number(one.n_people),
          isNumber: true,
        },
        { id: 'last', header: t('uses_last'), cell: (one) => format.day(one.last_at) },
      ]}
    />
  )
}
