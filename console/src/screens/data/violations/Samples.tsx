import { useQuery } from '@tanstack/react-query'
import { listViolationSamples, type ViolationGroup } from '@/api/generated'
import { DataTable, Dialog, Loaded } from '@/design'
import { useFormat } from '@/language/format'
import { useSourceName } from '../sourceNames'
import { useText } from '../texts'

interface Props {
  group: ViolationGroup
  onClose: () => void
}

/** Single messages that broke a rule in one way; personal values are not among them. */
export function Samples({ group, onClose }: Props) {
  const t = useText()
  const format = useFormat()
  const sourceName = useSourceName()
  const samples = useQuery({
    queryKey: ['violation-samples', group.subject, group.path, group.code],
    queryFn: async ({ signal }) => {
      const { subject, path, code } = group
      const query = { subject, path, code, limit: 20 }
      return (await listViolationSamples({ query, signal, throwOnError: true })).data
    },
  })
  const subject = group.subject || t('traits_rule')
  const path = group.path !== '$' ? group.path.replace(/^\$\./, '') : ''
  return (
    <Dialog onClose={onClose} isWide title={t('samples_of', { subject, path })}>
      <Loaded query={samples}>
        {(found) =>
          found.length ? (
            <DataTable
              caption={t('samples')}
              rows={found}
              rowKey={(one) => one.id}
              columns={[
                {
                  id: 'found',
                  header: t('found'),
                  cell: (one) => <code>{one.found || t('missing')}</code>,
                },
                {
                  id: 'expected',
                  header: t('expected'),
                  cell: (one) => <code>{one.expected}</code>,
                },
                { id: 'source', header: t('source'), cell: (one) => sourceName(one.source_id) },
                {
                  id: 'message',
                  header: 'messageId',
                  cell: (one) => <code>{one.message_id}</code>,
                },
                { id: 'at', header: t('when'), cell: (one) => format.instant(one.at) },
              ]}
            />
          ) : (
            <p>{t('samples_none')}</p>
          )
        }
      </Loaded>
    </Dialog>
  )
}
