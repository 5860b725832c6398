import { Button, NativeSelect, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { createSource, type Source, type SourceKind } from '@/api/generated'
import { listSourcesOptions, listSourcesQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { Badge, DataTable, EmptyState, Loaded, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import { useSourceWords } from '@/language/sources'
import { MakeDialog } from './MakeDialog'
import { NameField } from './NameField'
import { SettingsPage } from './SettingsPage'
import styles from './SettingsPage.module.css'
import { Copy, ShownOnce } from './ShownOnce'
import { useText } from './texts'

/** Where events come from, each with its write key. */
export default function SourcesScreen() {
  const t = useText()
  const format = useFormat()
  const words = useSourceWords()
  const sources = useQuery(listSourcesOptions())
  const [isMaking, setIsMaking] = useState(false)
  const [made, setMade] = useState<Source>()
  const count = sources.data?.length ?? 0
  return (
    <SettingsPage
      title={
        sources.data ? t(count ? 'sources_title' : 'sources_empty', { count }) : t('nav_sources')
      }
      reason={t('sources_reason')}
      action={<Button onClick={() => setIsMaking(true)}>{t('source_make')}</Button>}
    >
      {made?.write_key && (
        <ShownOnce note={t('write_key_once', { name: made.name })} value={made.write_key} />
      )}
      <Loaded query={sources}>
        {(found) =>
          found.length ? (
            <DataTable
              caption={t('nav_sources')}
              rows={found}
              rowKey={(one) => one.id}
              columns={[
                {
                  id: 'name',
                  header: t('name'),
                  cell: (one) => (
                    <>
                      {words(one.name)}
                      <span className={styles.secondary}>{format.day(one.created_at)}</span>
                    </>
                  ),
                },
                {
                  id: 'kind',
                  header: t('source_kind'),
                  cell: (one) => (
                    <Badge tone={one.kind === 'server' ? 'good' : 'neutral'}>
                      {t(`source_${one.kind}`)}
                    </Badge>
                  ),
                },
                {
                  id: 'origins',
                  header: t('source_origins'),
                  cell: (one) => one.allowed_origins.join(' ') || t('source_any_origin'),
                },
                {
                  id: 'key',
                  header: t('write_key'),
                  cell: (one) =>
                    one.write_key ? (
                      <Copy value={one.write_key} label={t('write_key_of', { name: one.name })} />
                    ) : (
                      <code>…{one.key_end}</code>
                    ),
                },
              ]}
            />
          ) : (
            <EmptyState>{t('sources_empty_reason')}</EmptyState>
          )
        }
      </Loaded>
      {isMaking && <SourceDialog onMade={setMade} onClose={() => setIsMaking(false)} />}
    </SettingsPage>
  )
}

interface DialogProps {
  onMade: (made: Source) => void
  onClose: () => void
}

function SourceDialog({ onMade, onClose }: DialogProps) {
  const t = useText()
  const line = useErrorLine()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [kind, setKind] = useState<SourceKind>('server')
  const [origins, setOrigins] = useState('')
  const make = useMutation({
    mutationFn: () => {
      const allowed_origins = kind === 'browser' ? origins.split(/\s+/).filter(Boolean) : []
      return createSource({ body: { name, kind, allowed_origins }, throwOnError: true })
    },
    onSuccess: async ({ data }) => {
      // A browser's key can be copied from the list at any time.
      if (data.kind === 'server') onMade(data)
      await queries.invalidateQueries({ queryKey: listSourcesQueryKey() })
      onClose()
    },
  })
  return (
    <MakeDialog
      title={t('source_make')}
      fault={make.error ? line(make.error) : undefined}
      isBusy={make.isPending}
      onSubmit={() => make.mutate()}
      onClose={onClose}
    >
      <NameField maxLength={100} value={name} onChange={setName} />
      <NativeSelect
        label={t('source_kind')}
        description={t(`source_${kind}_note`)}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value as SourceKind)}
        data={(['server', 'browser'] as const).map((one) => ({
          value: one,
          label: t(`source_${one}`),
        }))}
      />
      {kind === 'browser' && (
        <Textarea
          label={t('source_origins')}
          description={t('source_origins_note')}
          placeholder="https://shop.example"
          autosize
          value={origins}
          onChange={(event) => setOrigins(event.currentTarget.value)}
        />
      )}
    </MakeDialog>
  )
}
