import { Button, Group } from '@mantine/core'
import { Dialog } from '@/design'
import { Answer } from '../../segment-builder/Answer'
import { useAudience } from '../../segment-builder/audience'
import { Conditions } from '../../segment-builder/Conditions'
import { EditingContext } from '../../segment-builder/editing'
import { useHistory } from '../../segment-builder/history'
import { WordsPanel } from '../../segment-builder/panels'
import { readTree, writeTree } from '../../segment-builder/tree'
import { useEditor } from '../../segment-builder/useEditor'
import type { Json } from '../model/definition'
import { useText } from './texts'

interface Props {
  title: string
  condition: Json
  onClose: () => void
  onDone: (condition: Json) => void
}

/** Conditions as in a segment, with whom they hold now. */
export default function ConditionDialog({ title, condition, onClose, onDone }: Props) {
  const t = useText()
  const history = useHistory(() => ({ root: readTree(condition) }))
  const { root } = history.present
  const written = writeTree(root)
  const audience = useAudience(written)
  const editor = useEditor({ history, audience })
  return (
    <Dialog title={title} onClose={onClose} isWide>
      <EditingContext value={editor.editing}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: undo works wherever the focus is */}
        <div onKeyDown={editor.onKeyDown}>
          <Answer audience={audience} />
          <Conditions history={history} root={root} message={editor.message} />
          <WordsPanel audience={audience} />
          <Group justify="flex-end" mt="lg">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button disabled={audience.counts.data?.total == null} onClick={() => onDone(written)}>
              {t('take_over')}
            </Button>
          </Group>
        </div>
      </EditingContext>
    </Dialog>
  )
}
