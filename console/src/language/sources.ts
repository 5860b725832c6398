import { defineTexts } from './texts'

const useText = defineTexts('sources', {
  en: { file_import: 'File import' },
  ja: { file_import: 'ファイルの取り込み' },
})

const ownName = 'File import'

/** Returns what a source is called: the shop's own word, but for the one that files come in by. */
export function useSourceWords(): (name: string) => string {
  const t = useText()
  return (name) => (name === ownName ? t('file_import') : name)
}
