import { Textarea } from '@mantine/core'
import type { EmailVariant } from '@/api/generated'
import type { Language } from '@/language/i18n'
import { Envelope } from './canvas/Canvas'
import { Notes } from './canvas/Notes'
import styles from './EditorScreen.module.css'
import { useEditor } from './state/editor'
import { useText } from './texts'

/** A message that is written as MJML or HTML: for who would rather. */
export function SourceField({ language, variant }: { language: Language; variant: EmailVariant }) {
  const t = useText()
  const { changeVariant } = useEditor()
  const part = typeof variant.html === 'string' ? 'html' : 'mjml'
  return (
    <div className={styles.source}>
      <Envelope language={language} />
      <Textarea
        label={part === 'html' ? 'HTML' : 'MJML'}
        description={t('source_how', { example: '{{ unsubscribe_url }}' })}
        rows={24}
        spellCheck={false}
        classNames={{ input: styles.code }}
        value={variant[part] ?? ''}
        onChange={(event) =>
          changeVariant(language, { [part]: event.currentTarget.value }, `${language}.source`)
        }
      />
      <Notes language={language} id={part} />
    </div>
  )
}
