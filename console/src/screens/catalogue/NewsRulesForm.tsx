import { Button, Switch } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type NewsRules, setNewsRules } from '@/api/generated'
import { useMay } from '@/app/session'
import { NumberField, toast, toastFailure, useErrorLine } from '@/design'
import styles from './NewsRulesForm.module.css'
import { useText } from './texts'

type Figure = Exclude<keyof NewsRules, 'is_on'>

const figures: {
  name: Figure
  min: number
  max: number
  suffix: 'percent' | 'pieces' | 'days' | 'hours'
}[] = [
  { name: 'min_drop_percent', min: 0.1, max: 100, suffix: 'percent' },
  { name: 'low_stock', min: 1, max: 1_000_000, suffix: 'pieces' },
  { name: 'cool_down_days', min: 0, max: 365, suffix: 'days' },
  { name: 'view_days', min: 1, max: 365, suffix: 'days' },
  { name: 'fresh_hours', min: 1, max: 744, suffix: 'hours' },
]

/** From when on something about a product is news. */
export function NewsRulesForm({ rules }: { rules: NewsRules }) {
  const t = useText()
  const line = useErrorLine()
  const queries = useQueryClient()
  const mayWrite = useMay('write')
  const [draft, setDraft] = useState(rules)
  const save = useMutation({
    mutationFn: (body: NewsRules) => setNewsRules({ body, throwOnError: true }),
    onSuccess: () => toast(t('saved')),
    onError: (error) => toastFailure(line(error)),
    onSettled: () => queries.invalidateQueries(),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(draft)
  }
  return (
    <form onSubmit={submit}>
      <fieldset disabled={!mayWrite} className={styles.rules}>
        <Switch
          label={t('is_on')}
          checked={draft.is_on ?? true}
          onChange={(event) => setDraft({ ...draft, is_on: event.currentTarget.checked })}
        />
        <div className={styles.figures}>
          {figures.map(({ name, min, max, suffix }) => (
            <NumberField
              key={name}
              label={t(name)}
              value={draft[name]}
              onChange={(value) => value !== undefined && setDraft({ ...draft, [name]: value })}
              min={min}
              max={max}
              isWhole={name !== 'min_drop_percent'}
              suffix={t(suffix)}
            />
          ))}
        </div>
        {mayWrite && (
          <div>
            <Button type="submit" loading={save.isPending}>
              {t('save')}
            </Button>
          </div>
        )}
      </fieldset>
    </form>
  )
}
