import { Button } from '@mantine/core'
import { EmptyState } from '@/design'
import type { Language } from '@/language/i18n'
import { freshDocument } from './blocks/fresh'
import { Canvas } from './canvas/Canvas'
import styles from './EditorScreen.module.css'
import { SourceField } from './SourceField'
import { useEditor } from './state/editor'
import { useText } from './texts'

/** The message in one language, or the ways to begin one. */
export function Letter({ language }: { language: Language }) {
  const t = useText()
  const { definition, changeVariant } = useEditor()
  const variant = definition.template.variants[language]
  const other: Language = language === 'ja' ? 'en' : 'ja'
  const across = definition.template.variants[other]
  if (variant?.blocks) return <Canvas language={language} document={variant.blocks} />
  if (variant) return <SourceField language={language} variant={variant} />
  return (
    <div className={styles.none}>
      <EmptyState
        title={t('no_letter', { language: t(language) })}
        action={
          <div className={styles.begin}>
            {across?.blocks && (
              <Button onClick={() => changeVariant(language, { ...across })}>
                {t('begin_from', { language: t(other) })}
              </Button>
            )}
            <Button
              variant={across?.blocks ? 'default' : 'filled'}
              onClick={() =>
                changeVariant(language, { subject: '', blocks: freshDocument(language) })
              }
            >
              {t('begin_fresh')}
            </Button>
          </div>
        }
      >
        {t('no_letter_how')}
      </EmptyState>
    </div>
  )
}
