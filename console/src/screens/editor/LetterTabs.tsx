import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import styles from './EditorScreen.module.css'
import { Choice } from './panel/fields'
import { useEditor } from './state/editor'
import { addLetter, countLetters, mostLetters, nameOf } from './state/letters'
import { useText } from './texts'

interface Props {
  /** The place of the letter that is written; the broadcast's own is the first. */
  place: number
  onPlace: (place: number) => void
}

/** Which of several letters is written, and one more to compare it with. */
export function LetterTabs({ place, onPlace }: Props) {
  const t = useText()
  const { definition, changeDefinition, clear } = useEditor()
  const count = countLetters(definition)
  const show = (next: number) => {
    clear()
    onPlace(next)
  }
  const add = () => {
    changeDefinition((now) => ({ ...now, experiment: addLetter(now.experiment, now.template) }))
    show(count)
  }
  return (
    <div className={styles.experiment}>
      {count > 1 && (
        <Choice
          label={t('letter_written')}
          value={String(place)}
          choices={Array.from({ length: count }, (_, one): [string, string] => [
            String(one),
            nameOf(one),
          ])}
          onChange={(one) => show(Number(one))}
        />
      )}
      {count < mostLetters && (
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus aria-hidden size={16} />}
          onClick={add}
        >
          {t(count > 1 ? 'letter_more' : 'letter_second')}
        </Button>
      )}
    </div>
  )
}
