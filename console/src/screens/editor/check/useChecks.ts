import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import {
  type BlockVerdict,
  type BroadcastDefinition,
  checkDraft,
  checkWords,
  type DraftWords,
} from '@/api/generated'
import type { Language } from '@/language/i18n'
import { walk, wordsOf } from '../blocks/model'

const pauseMilliseconds = 1_000
const guardMilliseconds = 500
const sampled = 200

/** What is wrong, and missing for how many; asked when the author pauses, stale answers dropped. */
export function useCheck(definition: BroadcastDefinition) {
  const [settled] = useDebouncedValue(definition, pauseMilliseconds)
  return useQuery({
    queryKey: ['draft-check', settled],
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
    queryFn: async ({ signal }) => {
      const query = { people: sampled }
      const { data } = await checkDraft({ body: settled, query, signal, throwOnError: true })
      return data
    },
  })
}

const nothing: ReadonlyMap<string, BlockVerdict> = new Map()

/** What the guard says of the words of each block, and of the subject. */
export function useVerdicts(
  definition: BroadcastDefinition,
  language: Language,
): ReadonlyMap<string, BlockVerdict> {
  const [words] = useDebouncedValue(
    JSON.stringify(writtenWords(definition, language)),
    guardMilliseconds,
  )
  const { purpose } = definition
  const answer = useQuery({
    queryKey: ['guard-words', purpose, words],
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const blocks: DraftWords[] = JSON.parse(words)
      const { data } = await checkWords({ body: { purpose, blocks }, signal, throwOnError: true })
      return data.blocks
    },
  }).data
  return useMemo(() => (answer ? new Map(answer.map((one) => [one.id, one])) : nothing), [answer])
}

function writtenWords(definition: BroadcastDefinition, language: Language): DraftWords[] {
  const variant = definition.template.variants[language]
  if (!variant) return []
  const subject = [variant.subject, variant.preheader].filter(Boolean).join('\n')
  const blocks = variant.blocks ? walk(variant.blocks) : []
  return [
    { id: 'subject', text: subject },
    ...blocks.map((one) => ({ id: one.id, text: wordsOf(one) })),
  ].filter((one) => one.text.trim())
}
