import { Button } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getVersion, listVersions } from '@/api/generated'
import { listChangesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, toast } from '@/design'
import { useFormat } from '@/language/format'
import panel from '../panel/Panel.module.css'
import { useEditor } from '../state/editor'
import { useText } from '../texts'
import { ChangeList } from './ChangeList'
import { sittings } from './sittings'
import styles from './versions.module.css'

interface Props {
  broadcastId: string
  /** What is saved now: what earlier ones are compared with. */
  version: number
}

/** How the message was at the end of each sitting, and the way back there. */
export default function VersionsPanel({ broadcastId, version }: Props) {
  const t = useText()
  const format = useFormat()
  const [chosen, setChosen] = useState<number>()
  const path = { broadcast_id: broadcastId }
  const versions = useQuery({
    queryKey: ['broadcast-versions', broadcastId, version],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => (await listVersions({ path, signal, throwOnError: true })).data,
  })
  return (
    <div className={panel.fields}>
      <h2>{t('versions')}</h2>
      <p className={panel.note}>{t('versions_note')}</p>
      <Loaded query={versions}>
        {(all) => (
          <ol className={styles.list}>
            {sittings(all).map((one, index) => (
              <li key={one.version}>
                <button
                  type="button"
                  className={styles.one}
                  aria-expanded={chosen === one.version}
                  disabled={index === 0}
                  onClick={() => setChosen(chosen === one.version ? undefined : one.version)}
                >
                  <span>{index === 0 ? t('version_now') : format.instant(one.created_at)}</span>
                  <small>{t('version_n', { n: one.version })}</small>
                </button>
                {chosen === one.version && index > 0 && (
                  <Compared broadcastId={broadcastId} before={one.version} after={version} />
                )}
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </div>
  )
}

interface ComparedProps {
  broadcastId: string
  before: number
  after: number
}

function Compared({ broadcastId, before, after }: ComparedProps) {
  const t = useText()
  const { changeDefinition } = useEditor()
  const path = { broadcast_id: broadcastId }
  const changes = useQuery(listChangesOptions({ path, query: { before, after } }))
  const old = useQuery({
    queryKey: ['broadcast-version', broadcastId, before],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const of = { ...path, version: before }
      return (await getVersion({ path: of, signal, throwOnError: true })).data
    },
  })
  const goBack = () => {
    const then = old.data
    if (!then) return
    changeDefinition(() => then)
    toast(t('went_back', { n: before }))
  }
  return (
    <div className={styles.compared}>
      <Loaded query={old}>
        {(then) => (
          <Loaded query={changes}>{(found) => <ChangeList changes={found} before={then} />}</Loaded>
        )}
      </Loaded>
      <Button variant="default" size="compact-sm" disabled={!old.data} onClick={goBack}>
        {t('go_back')}
      </Button>
    </div>
  )
}
