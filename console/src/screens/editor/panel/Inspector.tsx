import { lazy, Suspense } from 'react'
import type { Language } from '@/language/i18n'
import type { AnyBlock } from '../blocks/model'
import { LiquidInput } from '../liquid/LiquidInput'
import { useEditor } from '../state/editor'
import { useText } from '../texts'
import { useKindName } from '../useBlockName'
import { Choice, Colour } from './fields'
import styles from './Panel.module.css'

const KindFields = lazy(async () => ({ default: (await import('./KindFields')).KindFields }))

/** What can be said of one block beside its words. */
export function Inspector({ language, block }: { language: Language; block: AnyBlock }) {
  const t = useText()
  const kindName = useKindName()
  const { changeBlock } = useEditor()
  const change = (some: Partial<AnyBlock>, tag?: string) =>
    changeBlock(language, { ...block, ...some } as AnyBlock, tag)
  const { space = 'small', when = '', background = '' } = block
  return (
    <section className={styles.fields} aria-label={t('properties')}>
      <h2>{kindName(block.kind)}</h2>
      <Suspense>
        <KindFields language={language} block={block} change={change} />
      </Suspense>
      {block.kind !== 'saved' && (
        <Choice
          label={t('space')}
          value={space}
          choices={[
            ['none', t('space_none')],
            ['small', t('space_small')],
            ['medium', t('space_medium')],
            ['large', t('space_large')],
          ]}
          onChange={(chosen) => change({ space: chosen })}
        />
      )}
      <details className={styles.more} open={Boolean(when || background) || undefined}>
        <summary>{t('rarely')}</summary>
        <div>
          <LiquidInput
            label={t('when')}
            description={t('when_note')}
            placeholder="customer.order_count > 3"
            value={when}
            onChange={(value) => change({ when: value }, 'when')}
          />
          <Colour
            label={t('background')}
            value={background || '#ffffff'}
            onChange={(value) => change({ background: value }, 'background')}
            onReset={background ? () => change({ background: '' }) : undefined}
            resetLabel={t('no_colour')}
          />
        </div>
      </details>
    </section>
  )
}
