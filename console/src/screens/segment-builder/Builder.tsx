import { Alert, Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { SegmentAnswer } from '@/api/generated'
import { useMay } from '@/app/session'
import { PageHeader } from '@/design'
import { useLanguage } from '@/language/texts'
import { Answer } from './Answer'
import { useAudience } from './audience'
import styles from './Builder.module.css'
import { Conditions } from './Conditions'
import { EditingContext } from './editing'
import { FileMenu } from './FileMenu'
import { useHistory } from './history'
import {
  AdvicePanel,
  FunnelPanel,
  OverlapPanel,
  PortraitPanel,
  ReachPanel,
  SamplePanel,
  WordsPanel,
} from './panels'
import { useSaving } from './saving'
import { useText } from './texts'
import { type GroupNode, groupNode, pathsOf, readTree, writeTree } from './tree'
import { useEditor } from './useEditor'

interface State {
  name: string
  description: string
  root: GroupNode
}

function begin(segment: SegmentAnswer | undefined, language: 'ja' | 'en'): State {
  if (!segment) return { name: '', description: '', root: groupNode('all', []) }
  const [name, description] =
    language === 'ja'
      ? [segment.name_ja, segment.description_ja]
      : [segment.name_en, segment.description_en]
  return { name, description, root: readTree(segment.condition) }
}

/** Defines a segment: conditions on the left, what they mean and whom they hold beside them. */
export function Builder({ segment }: { segment?: SegmentAnswer }) {
  const t = useText()
  const language = useLanguage()
  const mayWrite = useMay('write')
  const history = useHistory(() => begin(segment, language))
  const { name, description, root } = history.present
  const [stored, setStored] = useState(segment)
  const [kept, setKept] = useState(history.present)
  const definition = writeTree(root)
  const audience = useAudience(definition, segment?.id)
  const editor = useEditor({ history, audience, segmentId: segment?.id })
  const isChanged = history.present !== kept
  const saving = useSaving({
    draft: { name: name.trim(), description, condition: definition },
    segment: stored,
    isChanged,
    onSaved: (saved) => {
      setStored(saved)
      setKept(history.present)
    },
  })
  const set = (part: Partial<State>, mark: string) =>
    history.change((now) => ({ ...now, ...part }), mark)
  const lineAt = (path: string) => {
    const id = pathsOf(root).get(path)
    return (id && editor.describe(id)) ?? path
  }
  return (
    <EditingContext value={editor.editing}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: undo works wherever the focus is */}
      <div onKeyDown={editor.onKeyDown} className={styles.screen}>
        <PageHeader
          title={segment ? t('title_edit', { name: name || segment.id }) : t('title_new')}
          back={{ to: '/segments', label: t('back') }}
          reason={isChanged ? t('unsaved') : undefined}
          action={
            <Group gap="xs">
              <FileMenu
                name={name}
                definition={definition}
                onOpen={(next) => set({ root: readTree(next) }, '')}
              />
              {mayWrite && stored && (
                <Button variant="default" onClick={saving.saveAsNew} loading={saving.isSaving}>
                  {t('save_as')}
                </Button>
              )}
              {mayWrite && !stored?.is_builtin && (
                <Button
                  onClick={saving.save}
                  loading={saving.isSaving}
                  disabled={!name.trim() || audience.counts.data?.total == null}
                >
                  {t('save')}
                </Button>
              )}
            </Group>
          }
        />
        {saving.theirs && (
          <Alert color="shu" mb="md" role="alert" onClose={saving.forget}>
            <p>{t('conflict', { version: saving.theirs.version })}</p>
            <Group gap="xs" mt="xs">
              <Button
                variant="default"
                onClick={() => {
                  history.change(() => begin(saving.theirs, language))
                  setStored(saving.theirs)
                  saving.forget()
                }}
              >
                {t('load_theirs')}
              </Button>
              <Button color="shu" onClick={saving.overwrite}>
                {t('overwrite')}
              </Button>
            </Group>
          </Alert>
        )}
        <div className={styles.columns}>
          <div className={styles.answer}>
            <Answer audience={audience} />
          </div>
          <div className={styles.main}>
            <div className={styles.names}>
              <TextInput
                label={t('name')}
                placeholder={t('name_placeholder')}
                value={name}
                maxLength={200}
                onChange={(event) => set({ name: event.currentTarget.value }, 'name')}
              />
              <TextInput
                label={t('description')}
                value={description}
                maxLength={2000}
                onChange={(event) => set({ description: event.currentTarget.value }, 'description')}
              />
            </div>
            <Conditions history={history} root={root} message={editor.message} />
            <WordsPanel audience={audience} />
            <AdvicePanel
              audience={audience}
              onApply={(fix) => set({ root: readTree(fix) }, '')}
              onShow={(path) => editor.show(pathsOf(root).get(path))}
            />
            <div className={styles.pair}>
              <PortraitPanel audience={audience} />
              <OverlapPanel audience={audience} />
            </div>
          </div>
          <aside className={styles.aside}>
            <ReachPanel audience={audience} />
            <FunnelPanel audience={audience} lineOf={lineAt} />
            <SamplePanel audience={audience} />
          </aside>
        </div>
      </div>
    </EditingContext>
  )
}
