import { Autocomplete, TagsInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { type ListVocabularyData, listVocabulary } from '@/api/generated'
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
  /** Says a value in the reader's words. */
  say?: (value: string) => string
  onChange: (value: string) => void
  placeholder?: string
}

/** Text with suggestions from real data, most frequent first; anything else can be typed. */
export function Suggest({ label, value, of, say = (one) => one, onChange, placeholder }: Props) {
  const format = useFormat()
  const found = useSuggestions(of) ?? []
  const [text, setText] = useState(say(value))
  const isComposing = useRef(false)
  const shown = say(value)
  useEffect(() => setText(shown), [shown])
  const counts = new Map(found.map((one) => [say(one.value), one]))
  const commit = (typed: string) => {
    if (!isComposing.current) onChange(counts.get(typed)?.value ?? typed)
  }
  return (
    <Autocomplete
      label={label}
      value={text}
      placeholder={placeholder}
      data={[...counts.keys()]}
      limit={40}
      maxDropdownHeight={280}
      renderOption={({ option }) => (
        <span data-suggestion>
          <span>{option.value}</span>
          <small>{format.number(counts.get(option.value)?.count ?? 0)}</small>
        </span>
      )}
      onChange={(typed) => {
        setText(typed)
        commit(typed)
      }}
      onCompositionStart={() => {
        isComposing.current = true
      }}
      onCompositionEnd={(event) => {
        isComposing.current = false
        commit(event.currentTarget.value)
      }}
    />
  )
}

interface ManyProps {
  label: string
  values: string[]
  of?: Vocabulary
  /** Instead of what real data holds. */
  choices?: string[]
  onChange: (values: string[]) => void
}

export function SuggestMany({ label, values, of, choices, onChange }: ManyProps) {
  const found = useSuggestions(of) ?? []
  return (
    <TagsInput
      label={label}
      value={values}
      data={choices ?? found.map((one) => one.value)}
      limit={40}
      maxDropdownHeight={280}
      onChange={onChange}
    />
  )
}
