import { useText } from './texts'

/** Says what kind an identifier is; an external one has the other system's name. */
export function useKindName(): (kind: string) => string {
  const t = useText()
  return (kind) => {
    const key = `kind_${kind}`
    return key in useText.words.en ? t(key as 'kind_email') : kind.replace('external:', '')
  }
}
