import { Button, Group, Textarea } from '@mantine/core'
import {
  IconClipboard,
  IconClipboardText,
  IconDownload,
  IconFile,
  IconFolderOpen,
} from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { Dialog, Menu, toast } from '@/design'
import { useText } from './texts'
import type { Json } from './tree'

interface Props {
  name: string
  definition: Json
  onOpen: (definition: Json) => void
}

interface Pasting {
  text: string
  wrong?: string
}

/** The definition as a file that commands read, and back. */
export function FileMenu({ name, definition, onOpen }: Props) {
  const t = useText()
  const [pasting, setPasting] = useState<Pasting>()
  const chooser = useRef<HTMLInputElement>(null)
  const file = `${JSON.stringify(definition, null, 2)}\n`
  const read = (text: string) => {
    const found = parse(text)
    if (typeof found === 'string') {
      setPasting({ text, wrong: t('paste_wrong', { reason: found }) })
    } else {
      setPasting(undefined)
      onOpen(found)
    }
  }
  const copy = async () => {
    await navigator.clipboard.writeText(file)
    toast(t('copied'))
  }
  const entry = (key: 'copy_file' | 'download' | 'open_file' | 'paste', Icon: typeof IconFile) => ({
    key,
    label: t(key),
    icon: <Icon aria-hidden size={16} />,
  })
  return (
    <>
      <Menu
        variant="default"
        size="lg"
        label={t('more')}
        entries={[
          { ...entry('copy_file', IconClipboard), act: () => void copy() },
          { ...entry('download', IconDownload), act: () => download(file, name) },
          { ...entry('open_file', IconFolderOpen), act: () => chooser.current?.click() },
          { ...entry('paste', IconClipboardText), act: () => setPasting({ text: '' }) },
        ]}
      >
        <IconFile aria-hidden size={18} />
      </Menu>
      <input
        ref={chooser}
        type="file"
        hidden
        accept="application/json,.json"
        onChange={async ({ currentTarget }) => {
          const [chosen] = currentTarget.files ?? []
          if (chosen) read(await chosen.text())
          currentTarget.value = ''
        }}
      />
      {pasting && (
        <Paste
          start={pasting}
          onRead={read}
          onClose={() => setPasting(undefined)}
          key={pasting.wrong}
        />
      )}
    </>
  )
}

interface PasteProps {
  start: Pasting
  onRead: (text: string) => void
  onClose: () => void
}

function Paste({ start, onRead, onClose }: PasteProps) {
  const t = useText()
  const [text, setText] = useState(start.text)
  return (
    <Dialog title={t('paste')} onClose={onClose}>
      <Textarea
        data-autofocus
        autosize
        minRows={8}
        maxRows={18}
        label={t('paste_hint')}
        value={text}
        error={start.wrong}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button onClick={() => onRead(text)}>{t('use_it')}</Button>
      </Group>
    </Dialog>
  )
}

function download(file: string, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([file], { type: 'application/json' }))
  link.download = `${name.trim() || 'segment'}.json`
  link.click()
  URL.revokeObjectURL(link.href)
}

/** Returns the definition in a text, or what is wrong with it. */
function parse(content: string): Json | string {
  try {
    const found: unknown = JSON.parse(content)
    const isTree = typeof found === 'object' && found !== null && 'type' in found
    return isTree ? (found as Json) : '`type`'
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}
