import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, lazy, Suspense, useState } from 'react'
import {
  createJourney,
  installRecipe,
  type RecipeAnswer,
  type RecipeOptions,
} from '@/api/generated'
import { listRecipesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Badge, Dialog, ErrorState, Loaded, Loading } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { stages } from '../model/definition'
import { isOfJourneys } from '../state/journeys'
import { useText } from '../texts'
import styles from './NewDialog.module.css'

const RecipeForm = lazy(() => import('../readiness/RecipeForm'))

/** A new journey: a recipe that is ready to be sent, or a name and an empty canvas. */
export function NewDialog({ onClose }: { onClose: () => void }) {
  const t = useText()
  const language = useLanguage()
  const recipes = useQuery(listRecipesOptions())
  const begin = useBegin()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<RecipeAnswer>()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim()) begin.mutate({ name: name.trim() })
  }
  if (chosen) {
    return (
      <Dialog title={chosen.name[language]} onClose={onClose} isWide>
        <Suspense fallback={<Loading lines={6} />}>
          <RecipeForm
            recipe={chosen}
            isBusy={begin.isPending}
            onBack={() => setChosen(undefined)}
            onInstall={(options) => begin.mutate({ recipe: chosen.id, options })}
          />
        </Suspense>
        {begin.isError && <ErrorState error={begin.error} />}
      </Dialog>
    )
  }
  return (
    <Dialog title={t('new_title')} onClose={onClose} isWide>
      <form className={styles.form} onSubmit={submit}>
        <TextInput
          data-autofocus
          label={t('new_empty')}
          placeholder={t('new_name')}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" disabled={!name.trim()} loading={begin.isPending}>
          {t('new_begin')}
        </Button>
      </form>
      {begin.isError && <ErrorState error={begin.error} />}
      <h3 className={styles.heading}>{t('recipes')}</h3>
      <Loaded query={recipes}>
        {(found) =>
          ['', ...stages].map((stage) => {
            const here = found.filter((one) => one.stage === stage)
            if (here.length === 0) return null
            return (
              <section key={stage} className={styles.stage}>
                <h4>{t(stage === '' ? 'stage_none' : `stage_${stage as 'loyalty'}`)}</h4>
                <ul>
                  {here.map((one) => (
                    <li key={one.id}>
                      <Recipe recipe={one} onChoose={() => setChosen(one)} />
                    </li>
                  ))}
                </ul>
              </section>
            )
          })
        }
      </Loaded>
    </Dialog>
  )
}

interface RecipeProps {
  recipe: RecipeAnswer
  onChoose: () => void
}

/** What a recipe does, and whether this shop sends what it needs. */
function Recipe({ recipe, onChoose }: RecipeProps) {
  const t = useText()
  const format = useFormat()
  const language = useLanguage()
  const missing = recipe.needs.filter(({ need, is_met }) => need.is_required && !is_met)
  return (
    <button type="button" className={styles.recipe} onClick={onChoose}>
      <b>{recipe.name[language]}</b>
      <span>{recipe.description[language]}</span>
      {recipe.is_ready ? (
        <span>{t('recipe_messages', { count: recipe.messages })}</span>
      ) : (
        <span>
          <Badge tone="late">{t('recipe_waits')}</Badge>{' '}
          {t('recipe_lacks', { what: format.list(missing.map(({ need }) => need.name)) })}
        </span>
      )}
    </button>
  )
}

interface Beginning {
  name?: string
  recipe?: string
  options?: RecipeOptions
}

/** Makes a draft and goes to its canvas. */
function useBegin() {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const language = useLanguage()
  return useMutation({
    mutationFn: async ({ name = '', recipe, options }: Beginning) => {
      if (recipe !== undefined) {
        const path = { recipe_id: recipe }
        const body = { ...options, language }
        return (await installRecipe({ path, body, throwOnError: true })).data
      }
      const trigger = { type: 'event' as const, events: { event: 'Order Completed' } }
      const body = { definition: { name, trigger } }
      return (await createJourney({ body, throwOnError: true })).data
    },
    onSuccess: async ({ journey_id }) => {
      await queries.invalidateQueries({ predicate: ({ queryKey }) => isOfJourneys(queryKey) })
      await navigate({ to: '/journeys/$journeyId', params: { journeyId: journey_id } })
    },
  })
}
