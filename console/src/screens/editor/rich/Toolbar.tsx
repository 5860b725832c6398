import { Button, TextInput } from '@mantine/core'
import {
  IconBold,
  IconItalic,
  IconLink,
  IconList,
  IconListNumbers,
  IconUnderline,
} from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { Paragraph } from '@/api/generated'
import { onEnter, Popover } from '@/design'
import { useText } from '../texts'
import {
  hasMark,
  linkOf,
  linkRange,
  type Mark,
  type Range,
  setLink,
  toggleList,
  toggleMark,
} from './marks'
import styles from './RichText.module.css'

interface Props {
  value: Paragraph[]
  range: Range
  onChange: (value: Paragraph[], range: Range) => void
}

const icons: [Mark, ReactNode][] = [
  ['bold', <IconBold key="bold" aria-hidden size={17} />],
  ['italic', <IconItalic key="italic" aria-hidden size={17} />],
  ['underline', <IconUnderline key="underline" aria-hidden size={17} />],
]

/** What can be done with the words that are selected. */
export function Toolbar({ value, range, onChange }: Props) {
  const t = useText()
  const kind = value[range.start.paragraph]?.kind
  return (
    <div role="toolbar" aria-label={t('toolbar')} className={styles.bar} contentEditable={false}>
      {icons.map(([mark, icon]) => (
        <Press
          key={mark}
          label={t(mark)}
          isOn={hasMark(value, range, mark)}
          act={() => onChange(toggleMark(value, range, mark), range)}
        >
          {icon}
        </Press>
      ))}
      <LinkButton value={value} range={range} onChange={onChange} />
      <Press
        label={t('bullets')}
        isOn={kind === 'bullet'}
        act={() => onChange(toggleList(value, range, 'bullet'), range)}
      >
        <IconList aria-hidden size={17} />
      </Press>
      <Press
        label={t('numbers')}
        isOn={kind === 'number'}
        act={() => onChange(toggleList(value, range, 'number'), range)}
      >
        <IconListNumbers aria-hidden size={17} />
      </Press>
    </div>
  )
}

interface PressProps {
  label: string
  isOn: boolean
  act: () => void
  children: ReactNode
}

function Press({ label, isOn, act, children }: PressProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={isOn}
      onMouseDown={(event) => event.preventDefault()} // the words stay selected
      onClick={act}
    >
      {children}
    </button>
  )
}

function LinkButton({ value, range, onChange }: Props) {
  const t = useText()
  const [held, setHeld] = useState<Range>()
  const [href, setHref] = useState('')
  const close = () => setHeld(undefined)
  const link = (to: string) => {
    if (held) onChange(setLink(value, held, to.trim()), held)
    close()
  }
  return (
    <Popover
      label={t('link')}
      isOpen={held !== undefined}
      onToggle={(isOpen) => {
        setHeld(isOpen ? linkRange(value, range) : undefined)
        setHref(linkOf(value, range))
      }}
      button={(props) => (
        <button
          {...props}
          type="button"
          aria-label={t('link')}
          title={t('link')}
          aria-pressed={Boolean(linkOf(value, range))}
          onMouseDown={(event) => event.preventDefault()}
        >
          <IconLink aria-hidden size={17} />
        </button>
      )}
    >
      <div className={styles.link}>
        <TextInput
          data-autofocus
          label={t('href')}
          placeholder="https://"
          value={href}
          onChange={(event) => setHref(event.currentTarget.value)}
          onKeyDown={onEnter(() => link(href))}
        />
        <div className={styles.acts}>
          <Button size="compact-sm" variant="subtle" onClick={() => link('')}>
            {t('unlink')}
          </Button>
          <Button size="compact-sm" onClick={() => link(href)}>
            {t('set_link')}
          </Button>
        </div>
      </div>
    </Popover>
  )
}
