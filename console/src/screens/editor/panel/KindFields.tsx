import { IconAlignCenter, IconAlignLeft, IconAlignRight } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import type { Align } from '@/api/generated'
import { NumberField } from '@/design'
import type { Language } from '@/language/i18n'
import type { AnyBlock, Of } from '../blocks/model'
import { LiquidInput } from '../liquid/LiquidInput'
import { useText } from '../texts'
import { ColumnsFields } from './ColumnsFields'
import { CountdownFields } from './CountdownFields'
import { Choice, Yes } from './fields'
import styles from './Panel.module.css'

const ImageFields = lazy(() => import('../images/ImageFields'))
const ProductsFields = lazy(() => import('./ProductsFields'))

export interface Props<B extends AnyBlock = AnyBlock> {
  language: Language
  block: B
  change: (some: Partial<B>, tag?: string) => void
}

/** The properties that only a block of its kind has. */
export function KindFields({ language, block, change }: Props) {
  const t = useText()
  switch (block.kind) {
    case 'heading':
      return (
        <>
          <Choice
            label={t('level')}
            value={String(block.level ?? 1)}
            choices={[
              ['1', t('level_1')],
              ['2', t('level_2')],
              ['3', t('level_3')],
            ]}
            onChange={(level) => change({ level: Number(level) })}
          />
          <AlignChoice value={block.align ?? 'left'} onChange={(align) => change({ align })} />
        </>
      )
    case 'text':
      return (
        <>
          <AlignChoice value={block.align ?? 'left'} onChange={(align) => change({ align })} />
          <Yes
            label={t('is_small')}
            value={block.is_small}
            onChange={(is_small) => change({ is_small })}
          />
        </>
      )
    case 'image':
      return (
        <Suspense>
          <ImageFields language={language} block={block} change={change} />
        </Suspense>
      )
    case 'button':
      return (
        <>
          <LiquidInput
            label={t('leads_to')}
            value={block.href}
            onChange={(href) => change({ href }, 'href')}
          />
          <AlignChoice value={block.align ?? 'center'} onChange={(align) => change({ align })} />
          <Yes
            label={t('is_outlined')}
            value={block.is_outlined}
            onChange={(is_outlined) => change({ is_outlined })}
          />
          <Yes
            label={t('is_wide')}
            value={block.is_wide}
            onChange={(is_wide) => change({ is_wide })}
          />
        </>
      )
    case 'columns':
      return <ColumnsFields block={block} change={change} />
    case 'spacer':
      return (
        <NumberField
          label={t('height')}
          suffix="px"
          isWhole
          min={0}
          max={200}
          value={block.height ?? 24}
          onChange={(height) => height !== undefined && change({ height }, 'height')}
        />
      )
    case 'products':
      return (
        <Suspense>
          <ProductsFields language={language} block={block} change={change} />
        </Suspense>
      )
    case 'countdown':
      return <CountdownFields language={language} block={block} change={change} />
    case 'coupon':
      return <CouponFields language={language} block={block} change={change} />
    case 'footer':
      return <FooterFields language={language} block={block} change={change} />
    case 'reason':
      return <p className={styles.note}>{t('reason_note')}</p>
    case 'saved':
      return <p className={styles.note}>{t('saved_note')}</p>
    default:
      return null
  }
}

export function AlignChoice({
  value,
  onChange,
}: {
  value: Align
  onChange: (value: Align) => void
}) {
  const t = useText()
  return (
    <Choice
      label={t('align')}
      value={value}
      choices={[
        ['left', <IconAlignLeft key="left" size={17} aria-label={t('align_left')} role="img" />],
        ['center', <IconAlignCenter key="c" size={17} aria-label={t('align_center')} role="img" />],
        ['right', <IconAlignRight key="r" size={17} aria-label={t('align_right')} role="img" />],
      ]}
      onChange={onChange}
    />
  )
}

function CouponFields({ language, block, change }: Props<Of<'coupon'>>) {
  const t = useText()
  return (
    <>
      <LiquidInput
        label={t('coupon_title')}
        lang={language}
        value={block.title}
        onChange={(title) => change({ title }, 'title')}
      />
      <LiquidInput
        label={t('coupon_code')}
        description={t('coupon_code_note')}
        value={block.code}
        onChange={(code) => change({ code }, 'code')}
      />
      <LiquidInput
        label={t('coupon_terms')}
        lang={language}
        value={block.terms ?? ''}
        onChange={(terms) => change({ terms }, 'terms')}
      />
      <LiquidInput
        label={t('coupon_instead')}
        description={t('coupon_instead_note')}
        lang={language}
        value={block.instead ?? ''}
        onChange={(instead) => change({ instead }, 'instead')}
      />
    </>
  )
}

function FooterFields({ language, block, change }: Props<Of<'footer'>>) {
  const t = useText()
  return (
    <LiquidInput
      label={t('lines')}
      description={t('lines_note')}
      lang={language}
      rows={3}
      value={(block.lines ?? []).join('\n')}
      onChange={(lines) => change({ lines: lines ? lines.split('\n') : [] }, 'lines')}
    />
  )
}
