import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type BroadcastDefinition, previewDraft } from '@/api/generated'
import type { Language } from '@/language/i18n'

const pauseMilliseconds = 300

/**
 * What one person would get of a draft as it stands here.
 *
 * `forced` shows a language the person would not get: the only one that is asked for then.
 */
export function usePreview(
  definition: BroadcastDefinition,
  profileId: string | undefined,
  forced: Language | undefined,
) {
  const [settled] = useDebouncedValue(
    forced ? only(definition, forced) : definition,
    pauseMilliseconds,
  )
  return useQuery({
    queryKey: ['draft-preview', profileId, settled],
    enabled: profileId !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
    queryFn: async ({ signal }) => {
      const query = { profile_id: profileId ?? '' }
      const { data } = await previewDraft({ body: settled, query, signal, throwOnError: true })
      return data
    },
  })
}

function only(definition: BroadcastDefinition, language: Language): BroadcastDefinition {
  const variant = definition.template.variants[language]
  const variants = variant ? { [language]: variant } : {}
  return {
    ...definition,
    template: { ...definition.template, variants, default_language: language },
  }
}
