import type { Columns, Theme } from '@/api/generated'
import type { Language } from '@/language/i18n'
import { type AnyBlock, columnList, type Of } from '../blocks/model'
import { isStrategy } from '../blocks/strategies'
import { LiquidInput } from '../liquid/LiquidInput'
import { RichText } from '../rich/RichText'
import { SavedView } from '../saved/SavedView'
import { useText } from '../texts'
import { BlockList } from './BlockList'
import styles from './BlockView.module.css'
import { Picture } from './Picture'

export interface ViewProps<B extends AnyBlock = AnyBlock> {
  language: Language
  block: B
  theme: Required<Theme>
  isInColumn?: boolean
  onChange: (block: AnyBlock, tag?: string) => void
}

/** A block much as a reader will see it; its words are written where they stand. */
export function BlockView(props: ViewProps) {
  const { language, block, theme, onChange } = props
  const t = useText()
  switch (block.kind) {
    case 'heading':
      return (
        <LiquidInput
          label={t('heading_words')}
          isLabelHidden
          lang={language}
          className={`${styles.heading} ${styles[`level${block.level ?? 1}`]} ${styles[block.align ?? 'left']}`}
          placeholder={t('heading_empty')}
          value={block.text}
          onChange={(text) => onChange({ ...block, text }, 'text')}
        />
      )
    case 'text':
      return (
        <RichText
          label={t('text_words')}
          lang={language}
          placeholder={t('text_empty', { open: '{{' })}
          value={block.paragraphs}
          isSmall={block.is_small}
          align={block.align}
          onChange={(paragraphs) => onChange({ ...block, paragraphs }, 'text')}
        />
      )
    case 'image':
      return <Picture {...props} block={block} />
    case 'button':
      return <ButtonView {...props} block={block} />
    case 'columns':
      return <ColumnsView language={language} block={block} theme={theme} />
    case 'divider':
      return <hr className={styles.divider} />
    case 'spacer':
      return <Spacer block={block} />
    case 'saved':
      return <SavedView {...props} block={block} />
    default:
      return <Still block={block} language={language} />
  }
}

function ButtonView({ language, block, onChange }: ViewProps<Of<'button'>>) {
  const t = useText()
  return (
    <div className={styles[block.align ?? 'center']}>
      <LiquidInput
        label={t('button_label')}
        isLabelHidden
        lang={language}
        className={`${styles.button} ${block.is_outlined ? styles.outlined : ''} ${block.is_wide ? styles.wide : ''}`}
        placeholder={t('button_empty')}
        value={block.label}
        onChange={(label) => onChange({ ...block, label }, 'label')}
      />
    </div>
  )
}

function Spacer({ block }: { block: Of<'spacer'> }) {
  const t = useText()
  const height = block.height ?? 24
  return (
    <div
      className={styles.spacer}
      ref={(element) => void element?.style.setProperty('height', `${height}px`)}
    >
      <span>{t('pixels', { n: height })}</span>
    </div>
  )
}

function ColumnsView({
  language,
  block,
  theme,
}: Omit<ViewProps<Columns & { kind: 'columns' }>, 'onChange'>) {
  return (
    <div className={styles.columns} data-beside={block.stays_beside || undefined}>
      {block.columns.map((column) => (
        <div
          key={column.id}
          className={styles.column}
          ref={(element) =>
            void element?.style.setProperty('flex-grow', String(column.width ?? 50))
          }
        >
          <BlockList
            language={language}
            list={columnList(block, column)}
            blocks={column.blocks ?? []}
            theme={theme}
          />
        </div>
      ))}
    </div>
  )
}

/** What is worded in its properties, or made when the message is. */
function Still({ language, block }: Pick<ViewProps, 'language' | 'block'>) {
  const t = useText()
  switch (block.kind) {
    case 'products':
      return (
        <div className={styles.products}>
          {block.title && (
            <p className={styles.above} lang={language}>
              {block.title}
            </p>
          )}
          {Array.from({ length: Math.min(block.limit ?? 3, 3) }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: places for products are all alike
            <span key={index} className={styles.product} />
          ))}
          <p className={styles.made}>
            {isStrategy(block.strategy)
              ? t(`strategy_${block.strategy}`)
              : t('products_from', { source: block.source ?? '' })}
          </p>
        </div>
      )
    case 'countdown':
      return (
        <p className={`${styles.countdown} ${styles[block.align ?? 'center']}`}>{block.text}</p>
      )
    case 'coupon':
      return (
        <div className={styles.coupon}>
          <p>{block.title || t('coupon_title_empty')}</p>
          <p className={styles.code}>{block.code || t('coupon_code_empty')}</p>
          {block.terms && <p className={styles.terms}>{block.terms}</p>}
        </div>
      )
    case 'reason':
      return <p className={styles.fine}>{t('reason_made')}</p>
    case 'footer':
      return (
        <div className={styles.fine} lang={language}>
          {block.lines?.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity of their own
            <p key={index}>{line}</p>
          ))}
          <p>
            <u>{block.preferences_label || wayOut[language][0]}</u> ・{' '}
            <u>{block.unsubscribe_label || wayOut[language][1]}</u>
          </p>
        </div>
      )
    default:
      return null
  }
}

// In the message's language, as the back end writes them.
const wayOut: Record<Language, [string, string]> = {
  ja: ['配信内容を選ぶ', '配信を停止する'],
  en: ['Choose what you get', 'Unsubscribe'],
}
