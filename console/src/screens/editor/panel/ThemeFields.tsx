import type { Theme } from '@/api/generated'
import { NumberField } from '@/design'
import type { Language } from '@/language/i18n'
import { plainTheme } from '../canvas/Canvas'
import { useEditor } from '../state/editor'
import { useText } from '../texts'
import { Choice, Colour } from './fields'
import styles from './Panel.module.css'

const colours = ['accent', 'on_accent', 'ink', 'muted', 'paper', 'page'] as const

/** The dress of the whole message: what is chosen while no block is. */
export function ThemeFields({ language }: { language: Language }) {
  const t = useText()
  const { definition, changeDocument } = useEditor()
  const own = definition.template.variants[language]?.blocks?.theme
  const theme = { ...plainTheme, ...own }
  const change = (some: Partial<Theme>, tag?: string) =>
    changeDocument(language, (now) => ({ ...now, theme: { ...now.theme, ...some } }), tag)
  return (
    <section className={styles.fields} aria-label={t('dress')}>
      <h2>{t('dress')}</h2>
      <p className={styles.note}>{t('dress_note')}</p>
      <Choice
        label={t('font')}
        value={theme.font}
        choices={[
          ['sans', t('font_sans')],
          ['serif', t('font_serif')],
        ]}
        onChange={(font) => change({ font })}
      />
      {colours.map((name) => (
        <Colour
          key={name}
          label={t(`colour_${name}`)}
          value={theme[name] || plainTheme[name]}
          onChange={(value) => change({ [name]: value }, `theme.${name}`)}
        />
      ))}
      <div className={styles.pair}>
        <NumberField
          label={t('width')}
          suffix="px"
          isWhole
          min={320}
          max={800}
          value={theme.width}
          onChange={(width) => width && change({ width }, 'theme.width')}
        />
        <NumberField
          label={t('radius')}
          suffix="px"
          isWhole
          min={0}
          max={200}
          value={theme.radius}
          onChange={(radius) => radius !== undefined && change({ radius }, 'theme.radius')}
        />
      </div>
    </section>
  )
}
