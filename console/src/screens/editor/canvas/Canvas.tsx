import type { CSSProperties } from 'react'
import type { Document, Theme } from '@/api/generated'
import type { Language } from '@/language/i18n'
import { LiquidInput } from '../liquid/LiquidInput'
import { useEditor } from '../state/editor'
import { useText } from '../texts'
import { BlockList } from './BlockList'
import styles from './Canvas.module.css'
import { Notes } from './Notes'

// As the back end has them: a theme says only what differs.
export const plainTheme = {
  page: '#f6f3ec',
  paper: '#ffffff',
  ink: '#2b2a27',
  muted: '#6b665c',
  accent: '#2d4a7c',
  on_accent: '#ffffff',
  font: 'sans',
  width: 600,
  radius: 4,
} satisfies Required<Theme>

/** The message as it is written: much as it will look, and every block of it a thing to take. */
export function Canvas({ language, document }: { language: Language; document: Document }) {
  const t = useText()
  const { clear } = useEditor()
  const theme = { ...plainTheme, ...document.theme }
  const colours = {
    '--m-page': theme.page,
    '--m-paper': theme.paper,
    '--m-ink': theme.ink,
    '--m-muted': theme.muted,
    '--m-accent': theme.accent,
    '--m-on-accent': theme.on_accent,
    '--m-radius': `${theme.radius}px`,
    '--m-width': `${theme.width}px`,
  } as CSSProperties
  return (
    <section
      aria-label={t('canvas', { language: t(language) })}
      className={styles.canvas}
      data-font={theme.font}
      lang={language}
      style={colours}
    >
      <Envelope language={language} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a press beside the blocks lets go */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same */}
      <div
        className={styles.page}
        onClick={(event) => event.target === event.currentTarget && clear()}
      >
        <div className={styles.paper}>
          <BlockList language={language} list="" blocks={document.blocks} theme={theme} />
        </div>
      </div>
    </section>
  )
}

/** What an inbox shows of it: the subject, and the line behind. */
export function Envelope({ language }: { language: Language }) {
  const t = useText()
  const { definition, changeVariant } = useEditor()
  const variant = definition.template.variants[language]
  return (
    <div className={styles.envelope} lang={language}>
      <LiquidInput
        label={t('subject')}
        isLabelHidden
        placeholder={t('subject_empty')}
        className={styles.subject}
        value={variant?.subject ?? ''}
        onChange={(subject) => changeVariant(language, { subject }, `${language}.subject`)}
      />
      <Notes language={language} id="subject" />
      <LiquidInput
        label={t('preheader')}
        isLabelHidden
        placeholder={t('preheader_empty')}
        className={styles.preheader}
        value={variant?.preheader ?? ''}
        onChange={(preheader) => changeVariant(language, { preheader }, `${language}.preheader`)}
      />
    </div>
  )
}
