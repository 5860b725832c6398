import type { AnyBlock, Kind } from './blocks/model'
import { wordsOf } from './blocks/model'
import { useText } from './texts'

const shownCharacters = 16

/** What a kind of block is called, and the first words of one. */
export function useKindName(): (kind: Kind | string) => string {
  const t = useText()
  const known: Partial<Record<string, string>> = {
    heading: t('kind_heading'),
    text: t('kind_text'),
    image: t('kind_image'),
    button: t('kind_button'),
    columns: t('kind_columns'),
    divider: t('kind_divider'),
    spacer: t('kind_spacer'),
    products: t('kind_products'),
    countdown: t('kind_countdown'),
    coupon: t('kind_coupon'),
    reason: t('kind_reason'),
    footer: t('kind_footer'),
    saved: t('kind_saved'),
  }
  return (kind) => known[kind] ?? kind
}

export function useBlockName(): (block: AnyBlock) => string {
  const t = useText()
  const kindName = useKindName()
  return (block) => {
    const words = wordsOf(block).trim()
    if (!words) return kindName(block.kind)
    const begin = words.length > shownCharacters ? `${words.slice(0, shownCharacters)}…` : words
    return t('block_name', { kind: kindName(block.kind), words: begin.replaceAll('\n', ' ') })
  }
}
