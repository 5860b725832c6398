import {
  type Icon,
  IconAddressBook,
  IconAlignJustified,
  IconClockHour4,
  IconColumns2,
  IconHeading,
  IconHelpCircle,
  IconPhoto,
  IconRectangle,
  IconSeparatorHorizontal,
  IconShirt,
  IconSpacingVertical,
  IconTicket,
} from '@tabler/icons-react'
import type { Kind } from '../blocks/model'
import { useEditor } from '../state/editor'
import { useText } from '../texts'
import { useKindName } from '../useBlockName'
import { useDragging } from './drag'
import styles from './Palette.module.css'

const kinds: [Kind, Icon][] = [
  ['text', IconAlignJustified],
  ['heading', IconHeading],
  ['image', IconPhoto],
  ['button', IconRectangle],
  ['columns', IconColumns2],
  ['products', IconShirt],
  ['coupon', IconTicket],
  ['countdown', IconClockHour4],
  ['divider', IconSeparatorHorizontal],
  ['spacer', IconSpacingVertical],
  ['reason', IconHelpCircle],
  ['footer', IconAddressBook],
]

/** What a message can be made of: pressed, it comes behind what is chosen; dragged, anywhere. */
export function Palette() {
  const t = useText()
  const kindName = useKindName()
  const { add } = useEditor()
  const { start } = useDragging()
  return (
    <div role="toolbar" aria-label={t('palette')} className={styles.palette}>
      {kinds.map(([kind, Shape]) => (
        <button
          key={kind}
          type="button"
          className={styles.kind}
          aria-label={t('add', { what: kindName(kind) })}
          onClick={() => add(kind)}
          onPointerDown={(event) => event.pointerType === 'mouse' && start(event, { kind })}
        >
          <Shape aria-hidden size={20} stroke={1.5} />
          <span aria-hidden>{kindName(kind)}</span>
        </button>
      ))}
    </div>
  )
}
