import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { NeedStanding, RecipeAnswer, RecipeOptions } from '@/api/generated'
import { listOffersOptions, listTopicsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Badge } from '@/design'
import { useLanguage } from '@/language/texts'
import { HowTo } from './Findings'
import styles from './RecipeForm.module.css'
import { useText } from './texts'

interface Props {
  recipe: RecipeAnswer
  isBusy: boolean
  onBack: () => void
  onInstall: (options: RecipeOptions) => void
}

/** All that is to be known of a recipe before it is installed, and what is asked for that. */
export default function RecipeForm({ recipe, isBusy, onBack, onInstall }: Props) {
  const t = useText()
  const [options, setOptions] = useState<RecipeOptions>({})
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onInstall(options)
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <About recipe={recipe} />
      <Questions recipe={recipe} options={options} onChange={setOptions} />
      <Group justify="space-between">
        <Button variant="subtle" onClick={onBack}>
          {t('back')}
        </Button>
        <Button type="submit" loading={isBusy}>
          {t('install')}
        </Button>
      </Group>
    </form>
  )
}

function About({ recipe }: Pick<Props, 'recipe'>) {
  const t = useText()
  const language = useLanguage()
  return (
    <div className={styles.about}>
      <p>{recipe.description[language]}</p>
      <h3>{t('when_to_use')}</h3>
      <p>{recipe.when_to_use[language]}</p>
      <h3>{t('needs')}</h3>
      <ul>
        {recipe.needs.map((one) => (
          <Need key={`${one.need.kind} ${one.need.name}`} standing={one} />
        ))}
      </ul>
      {recipe.stands_in.length > 0 && (
        <>
          <h3>{t('stands_in')}</h3>
          <ul>
            {recipe.stands_in.map((one) => (
              <li key={one.en}>{one[language]}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

function Need({ standing: { need, n, is_met, example } }: { standing: NeedStanding }) {
  const t = useText()
  const language = useLanguage()
  const isEvent = need.kind === 'event'
  const figure = is_met
    ? t(isEvent ? 'in_90_days' : 'there_are', { count: n })
    : t(isEvent ? 'never_came' : 'there_are_none')
  return (
    <li>
      <b>{need.name}</b>{' '}
      <Badge tone={is_met ? 'good' : need.is_required ? 'late' : 'neutral'}>{figure}</Badge>{' '}
      <small>{t(need.is_required ? 'is_needed' : 'helps')}</small>
      <p>{need.use[language]}</p>
      {!is_met && <HowTo example={example ?? ''} page={need.how ?? ''} />}
    </li>
  )
}

interface QuestionsProps {
  recipe: RecipeAnswer
  options: RecipeOptions
  onChange: (options: RecipeOptions) => void
}

function Questions({ recipe, options, onChange }: QuestionsProps) {
  const t = useText()
  const language = useLanguage()
  const offers = useQuery({ ...listOffersOptions(), enabled: recipe.offer !== null }).data ?? []
  const topics = useQuery(listTopicsOptions()).data ?? []
  const sender = options.sender
  const from = (some: { from_name?: string; from_address?: string }) => {
    const next = { from_address: '', ...sender, ...some }
    onChange({ ...options, sender: next.from_address || next.from_name ? next : null })
  }
  return (
    <div className={styles.questions}>
      {recipe.offer && (
        <NativeSelect
          label={t('offer')}
          description={recipe.offer[language]}
          value={options.offer ?? ''}
          onChange={(event) => onChange({ ...options, offer: event.currentTarget.value })}
          data={[
            { value: '', label: t('offer_none') },
            ...offers
              .filter((one) => !one.is_ended)
              .map((one) => ({
                value: one.id,
                label: `${one.id} – ${language === 'ja' ? one.benefit_ja : one.benefit_en}`,
              })),
          ]}
        />
      )}
      {topics.length > 0 && (
        <NativeSelect
          label={t('topic')}
          value={options.topic ?? ''}
          onChange={(event) => onChange({ ...options, topic: event.currentTarget.value })}
          data={[
            { value: '', label: t('topic_none') },
            ...topics.map(({ definition: one }) => ({
              value: one.id,
              label: language === 'ja' ? one.name_ja : one.name_en,
            })),
          ]}
        />
      )}
      <TextInput
        label={t('from_name')}
        description={t('sender_note')}
        maxLength={200}
        value={sender?.from_name ?? ''}
        onChange={(event) => from({ from_name: event.currentTarget.value })}
      />
      <TextInput
        type="email"
        label={t('from_address')}
        required={Boolean(sender?.from_name)}
        value={sender?.from_address ?? ''}
        onChange={(event) => from({ from_address: event.currentTarget.value })}
      />
    </div>
  )
}
