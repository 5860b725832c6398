import { useLayoutEffect } from 'react'
import { usePopover } from '@/design/usePopover'
import { useFormat } from '@/language/format'
import { useText } from '../texts'
import styles from './Completion.module.css'
import type { Completing } from './useCompletion'

/** The list of what may stand in `{{ }}`, below the field that is typed in. */
export function Completion({ of }: { of: Completing }) {
  return of.offer ? <Words of={of} /> : null
}

function Words({ of: { id, field, offer, active, choose, close } }: { of: Completing }) {
  const t = useText()
  const format = useFormat()
  const { anchor, panel } = usePopover<HTMLElement>({ isOpen: true, onClose: close })
  anchor.current = field.current
  useLayoutEffect(() => {
    panel.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active, panel])
  return (
    <div
      ref={panel}
      popover="manual"
      id={id}
      role="listbox"
      aria-label={t('completion')}
      className={styles.list}
    >
      {offer?.words.map((word, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's
        <div
          key={word.value}
          id={`${id}${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          className={styles.word}
          onMouseDown={(event) => event.preventDefault()} // the field keeps the focus
          onClick={() => choose(word)}
        >
          <code>{word.value}</code>
          {word.count !== undefined && (
            <small>{t('known_of', { count: format.number(word.count) })}</small>
          )}
        </div>
      ))}
    </div>
  )
}
