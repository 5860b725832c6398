import { useText } from './texts'

type Key = Parameters<ReturnType<typeof useText>>[0]

/** Says what a trait is called; a name of the shop's own loses its underscores. */
export function useTraitName(): (name: string) => string {
  const t = useText()
  return (name) => (name in useText.words.en ? t(name as Key) : name.replace(/_/g, ' '))
}

/** Writes a trait's value as a person would. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return value.join(', ')
  }
  return JSON.stringify(value)
}
