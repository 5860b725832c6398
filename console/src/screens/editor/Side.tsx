import { Button, Group, Tabs } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { Broadcast, DraftReport } from '@/api/generated'
import { useIsNarrow } from '@/design/writing/useIsNarrow'
import type { Language } from '@/language/i18n'
import { findBlock } from './blocks/model'
import styles from './EditorScreen.module.css'
import { Inspector } from './panel/Inspector'
import panel from './panel/Panel.module.css'
import { ThemeFields } from './panel/ThemeFields'
import { KeepDialog } from './saved/KeepDialog'
import { Shelf } from './saved/Shelf'
import { useEditor } from './state/editor'
import { useText } from './texts'

const CheckPanel = lazy(() => import('./check/CheckPanel'))
const Preview = lazy(() => import('./preview/Preview'))
const SettingsPanel = lazy(() => import('./panel/SettingsPanel'))
const VersionsPanel = lazy(() => import('./versions/VersionsPanel'))

const tabs = ['block', 'preview', 'check', 'versions', 'settings'] as const
export type Tab = (typeof tabs)[number]

interface Props {
  broadcast: Broadcast
  version: number
  language: Language
  report: UseQueryResult<DraftReport>
  tab: Tab
  onTab: (tab: Tab) => void
}

/** Beside the message: what can be changed in it, and what becomes of it. */
export function Side({ broadcast, version, language, report, tab, onTab }: Props) {
  const t = useText()
  const isNarrow = useIsNarrow()
  const errors = report.data?.problems.filter((one) => one.severity === 'error').length ?? 0
  return (
    <aside className={styles.side} data-shown={tab !== 'block' || undefined}>
      <Tabs value={tab} onChange={(one) => one && onTab(one as Tab)} keepMounted={false}>
        <Tabs.List aria-label={t('side')} className={styles.tabs}>
          {tabs.map((one) => (
            <Tabs.Tab key={one} value={one} className={styles.tab}>
              {t(one === 'block' && isNarrow ? 'write' : `tab_${one}`)}
              {one === 'check' && errors > 0 && <b className={styles.count}>{errors}</b>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="block">{!isNarrow && <BlockPanel language={language} />}</Tabs.Panel>
        <Tabs.Panel value="preview">
          <Suspense>
            <Preview language={language} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="check">
          <Suspense>
            <CheckPanel report={report} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Suspense>
            <VersionsPanel broadcastId={broadcast.id} version={version} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <Suspense>
            <SettingsPanel />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </aside>
  )
}

/** The block that is chosen, or the dress of all of them; and what is kept for many messages. */
export function BlockPanel({ language }: { language: Language }) {
  const { definition, selection } = useEditor()
  const written = definition.template.variants[language]?.blocks
  if (!written) return null
  const ids = selection.language === language ? selection.ids : []
  const block = ids.length === 1 ? findBlock(written, ids[0] ?? '') : undefined
  return (
    <div className={styles.stack}>
      {block && <Inspector language={language} block={block} />}
      {ids.length > 1 && <Several language={language} ids={ids} />}
      {!ids.length && <ThemeFields language={language} />}
      <Shelf language={language} />
    </div>
  )
}

function Several({ language, ids }: { language: Language; ids: string[] }) {
  const t = useText()
  const { definition, duplicate, remove } = useEditor()
  const [keeps, setKeeps] = useState(false)
  const written = definition.template.variants[language]?.blocks ?? { blocks: [] }
  const blocks = ids.map((id) => findBlock(written, id)).filter((one) => one !== undefined)
  return (
    <div className={panel.fields}>
      <h2>{t('several', { count: ids.length })}</h2>
      <Group gap="xs">
        {blocks.every((one) => one.kind !== 'saved') && (
          <Button size="compact-sm" onClick={() => setKeeps(true)}>
            {t('keep')}
          </Button>
        )}
        <Button size="compact-sm" variant="default" onClick={() => duplicate(language, ids)}>
          {t('duplicate')}
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          color="shu"
          onClick={() => remove(language, ids)}
        >
          {t('remove')}
        </Button>
      </Group>
      {keeps && <KeepDialog language={language} blocks={blocks} onClose={() => setKeeps(false)} />}
    </div>
  )
}
