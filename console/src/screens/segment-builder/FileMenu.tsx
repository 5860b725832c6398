import { ActionIcon, Button, FileButton, Group, Menu, Modal, Textarea } from '@mantine/core'
import { IconClipboard, IconDownload, IconFile, IconFolderOpen } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { toast } from '@/design'
import { useText } from './texts'
import type { Json } from './tree'

interface Props {
  name: string
  definition: Json
  onOpen: (definition: Json) => void
}

/** The definition as a file that commands read, and back. */
export function FileMenu({ name, definition, onOpen }: Props) {
  const t = useText()
  const [isPasting, setIsPasting] = useState(false)
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState('')
  const resetFile = useRef<() => void>(null)
  const file = `${JSON.stringify(definition, null, 2)}\n`
  const read = (content: string) => {
    const found = parse(content)
    if (typeof found === 'string') {
      setWrong(t('paste_wrong', { reason: found }))
      setText(content)
      setIsPasting(true)
      return
    }
    setIsPasting(false)
    setText('')
    setWrong('')
    onOpen(found)
  }
  const download = () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([file], { type: 'application/json' }))
    link.download = `${name.trim() || 'segment'}.json`
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <>
      <FileButton
        resetRef={resetFile}
        accept="application/json,.json"
        onChange={async (chosen) => {
          if (chosen) read(await chosen.text())
          resetFile.current?.()
        }}
      >
        {({ onClick }) => (
          <Menu position="bottom-end" withinPortal>
            <Menu.Target>
              <ActionIcon variant="default" size="lg" aria-label={t('more')}>
                <IconFile aria-hidden size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconClipboard aria-hidden size={16} />}
                onClick={async () => {
                  await navigator.clipboard.writeText(file)
                  toast(t('copied'))
                }}
              >
                {t('copy_file')}
              </Menu.Item>
              <Menu.Item leftSection={<IconDownload aria-hidden size={16} />} onClick={download}>
                {t('download')}
              </Menu.Item>
              <Menu.Item leftSection={<IconFolderOpen aria-hidden size={16} />} onClick={onClick}>
                {t('open_file')}
              </Menu.Item>
              <Menu.Item onClick={() => setIsPasting(true)}>{t('paste')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </FileButton>
      <Modal opened={isPasting} onClose={() => setIsPasting(false)} title={t('paste')} centered>
        <Textarea
          data-autofocus
          autosize
          minRows={8}
          maxRows={18}
          label={t('paste_hint')}
          value={text}
          error={wrong || undefined}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setIsPasting(false)}>
            {t('cancel')}
          </Button>
          <Button onClick={() => read(text)}>{t('use_it')}</Button>
        </Group>
      </Modal>
    </>
  )
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
