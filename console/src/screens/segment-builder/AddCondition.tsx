import { Button, TextInput } from '@mantine/core'
import { useId, useState } from 'react'
import { onEnter, Popover } from '@/design'
import styles from './AddCondition.module.css'
import { choices, kinds } from './choices'
import { useText } from './texts'
import type { Json } from './tree'

interface Props {
  isFirst: boolean
  onAdd: (leaf: Json) => void
}

/** What can be asked of customers, by the seven kinds; searched by typing. */
export function AddCondition({ isFirst, onAdd }: Props) {
  const t = useText()
  const id = useId()
  const [isOpen, setIsOpen] = useState(false)
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const found = choices.filter(
    (one) => !wanted || `${t(one.key)} ${t(`kind_${one.kind}`)}`.toLowerCase().includes(wanted),
  )
  const choose = (start: Json) => {
    setIsOpen(false)
    setText('')
    onAdd(structuredClone(start))
  }
  return (
    <Popover
      label={t('add')}
      isOpen={isOpen}
      onToggle={setIsOpen}
      button={(props) => (
        <Button
          variant={isFirst ? 'filled' : 'light'}
          size={isFirst ? 'md' : 'compact-md'}
          {...props}
        >
          {t('add')}
        </Button>
      )}
    >
      <div className={styles.panel}>
        <TextInput
          data-autofocus
          className={styles.search}
          type="search"
          aria-label={t('add_search')}
          placeholder={t('add_search')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={onEnter(() => found[0] && choose(found[0].start))}
        />
        <div className={styles.kinds}>
          {kinds.map((kind) => {
            const here = found.filter((one) => one.kind === kind)
            if (here.length === 0) return null
            return (
              <section key={kind} aria-labelledby={`${id}${kind}`}>
                <h3 id={`${id}${kind}`}>{t(`kind_${kind}`)}</h3>
                <ul>
                  {here.map((one) => (
                    <li key={one.key}>
                      <button type="button" onClick={() => choose(one.start)}>
                        {t(one.key)}
                      </button>
                    </li>
                  ))}
                </ul>
              </section>
            )
          })}
          {found.length === 0 && <p>{t('add_nothing')}</p>}
        </div>
      </div>
    </Popover>
  )
}
