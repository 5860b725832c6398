import { Button } from '@mantine/core'
import type { BlockVerdict } from '@/api/generated'
import type { Language } from '@/language/i18n'
import { findBlock } from '../blocks/model'
import { type Editor, useEditor } from '../state/editor'
import styles from './CheckPanel.module.css'
import { softenBlock, softenSubject } from './softer'
import { useSofterText } from './softerTexts'

interface Props {
  language: Language
  verdict: BlockVerdict
}

/** Words to put in place of those the guard objects to: shown, and put in at a press. */
export function SofterOffer({ language, verdict }: Props) {
  const t = useSofterText()
  const editor = useEditor()
  const put = putting(editor, language, verdict)
  if (!put) return null
  return (
    <div className={styles.softer}>
      <strong>{t('softer')}</strong>
      {verdict.softer?.map(({ before, after }) => (
        <p key={before} lang={language}>
          <del>{before.trim()}</del> <ins>{after.trim() || `(${t('softer_out')})`}</ins>
        </p>
      ))}
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => {
          put()
          editor.announce(t('softer_used'))
        }}
      >
        {t('softer_use')}
      </Button>
    </div>
  )
}

/** What puts the words in, none where they have changed since the guard read them. */
function putting(editor: Editor, language: Language, { id, softer = [] }: BlockVerdict) {
  const variant = editor.definition.template.variants[language]
  if (!variant || !softer.length) return undefined
  if (id === 'subject') {
    const envelope = softenSubject(variant, softer)
    return envelope && (() => editor.changeVariant(language, envelope))
  }
  const block = variant.blocks && findBlock(variant.blocks, id)
  const changed = block && softenBlock(block, softer)
  return changed && (() => editor.changeBlock(language, changed))
}
