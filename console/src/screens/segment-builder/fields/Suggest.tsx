import { useQuery } from '@tanstack/react-query'
import { type ListVocabularyData, listVocabulary } from '@/api/generated'
import { Combobox, TagsField } from '@/design'
import { useFormat } from '@/language/format'

export interface Vocabulary {
  kind: ListVocabularyData['path']['kind']
  /** Attribute, column or property whose values are wanted. */
  name?: string
  event?: string
}

function useSuggestions(of: Vocabulary | undefined) {
  return useQuery({
    queryKey: ['vocabulary', of],
    enabled: of !== undefined && !(of.kind.endsWith('_values') && !of.name),
    staleTime: 120_000,
    retry: false,
    queryFn: async ({ signal }) => {
      const { kind = 'events', name = '', event = '' } = of ?? {}
      const path = { kind }
      const { data } = await listVocabulary({
        path,
        query: { name, event, limit: 200 },
        signal,
        throwOnError: true,
      })
      return data
    },
  }).data
}

interface Props {
  label: string
  value: string
  of?: Vocabulary
  /** Leaves out suggestions that make no sense here. */
  fits?: (value: string) => boolean
  /** Says a value in the reader's words. */
  say?: (value: string) => string
  /** Writes a suggested value as it is kept. */
  write?: (value: string) => string
  onChange: (value: string) => void
  placeholder?: string
}

const same = (value: string) => value

/** Text with suggestions from real data, most frequent first; anything else can be typed. */
export function Suggest(props: Props) {
  const { label, value, of, say = same, write = same, onChange, placeholder } = props
  const { fits = () => true } = props
  const format = useFormat()
  const found = (useSuggestions(of) ?? []).filter((one) => fits(one.value))
  return (
    <Combobox
      isFree
      label={label}
      value={value}
      placeholder={placeholder}
      options={found.map((one) => ({
        value: write(one.value),
        label: say(one.value),
        note: format.number(one.count),
      }))}
      onChange={onChange}
    />
  )
}

interface ManyProps {
  label: string
  values: string[]
  of?: Vocabulary
  onChange: (values: string[]) => void
}

export function SuggestMany({ label, values, of, onChange }: ManyProps) {
  const format = useFormat()
  const found = useSuggestions(of) ?? []
  const options = found.map(({ value, count }) => ({
    value,
    label: value,
    note: format.number(count),
  }))
  return <TagsField label={label} values={values} options={options} onChange={onChange} />
}
