import { Button, NativeSelect, SegmentedControl, Tabs, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { Broadcast } from '@/api/generated'
import { listSegmentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { ErrorState, toast } from '@/design'
import { type Language, languages } from '@/language/i18n'
import { useLanguage } from '@/language/texts'
import styles from './ComposeForm.module.css'
import { type ComposeForm as Form, problemOf } from './form'
import { useText } from './texts'
import { VariantFields } from './VariantFields'

interface Props {
  initial: Form
  onSave: (form: Form) => Promise<Broadcast>
}

/** Whom, from whom, and the letter in each language. */
export function ComposeForm({ initial, onSave }: Props) {
  const t = useText()
  const [form, setForm] = useState(initial)
  const [isTried, setIsTried] = useState(false)
  const save = useSave(onSave)
  const problem = problemOf(form)
  const change = (some: Partial<Form>) => setForm({ ...form, ...some })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsTried(true)
    if (!problem) save.mutate(form)
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        label={t('name')}
        description={t('name_note')}
        value={form.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <SegmentField value={form.segment} onChange={(segment) => change({ segment })} />
      <div className={styles.pair}>
        <TextInput
          label={t('from_name')}
          value={form.fromName}
          onChange={(event) => change({ fromName: event.currentTarget.value })}
        />
        <TextInput
          label={t('from_address')}
          type="email"
          value={form.fromAddress}
          onChange={(event) => change({ fromAddress: event.currentTarget.value })}
        />
      </div>
      <Letters form={form} onChange={change} />
      {isTried && problem && (
        <p role="alert" className={styles.problem}>
          {problem.key === 'half' ? t('half', { language: t(problem.language) }) : t('missing')}
        </p>
      )}
      {save.isError && <ErrorState error={save.error} />}
      <div>
        <Button type="submit" loading={save.isPending}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}

function SegmentField({
  value,
  onChange,
}: {
  value: Form['segment']
  onChange: (id: string) => void
}) {
  const t = useText()
  const language = useLanguage()
  const segments = useQuery(listSegmentsOptions()).data ?? []
  // A broadcast may have conditions of its own, which are kept unless a segment is chosen.
  const chosen = typeof value === 'string' ? value : ''
  return (
    <NativeSelect
      label={t('segment')}
      description={t('segment_note')}
      value={chosen}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        { value: '', label: t('segment_choose') },
        ...segments.map((one) => ({
          value: one.id,
          label: language === 'ja' ? one.name_ja : one.name_en,
        })),
      ]}
    />
  )
}

interface LettersProps {
  form: Form
  onChange: (some: Partial<Form>) => void
}

function Letters({ form, onChange }: LettersProps) {
  const t = useText()
  const choices = languages.map((language) => ({ value: language, label: t(language) }))
  return (
    <>
      <Tabs defaultValue={form.defaultLanguage}>
        <Tabs.List aria-label={t('variants')}>
          {languages.map((language) => (
            <Tabs.Tab key={language} value={language}>
              {t(language)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {languages.map((language) => (
          <Tabs.Panel key={language} value={language} className={styles.panel}>
            <VariantFields
              language={language}
              value={form.variants[language]}
              onChange={(variant) =>
                onChange({ variants: { ...form.variants, [language]: variant } })
              }
            />
          </Tabs.Panel>
        ))}
      </Tabs>
      <div>
        <p className={styles.label}>{t('default_language')}</p>
        <SegmentedControl
          aria-label={t('default_language')}
          value={form.defaultLanguage}
          onChange={(language) => onChange({ defaultLanguage: language as Language })}
          data={choices}
        />
      </div>
    </>
  )
}

function useSave(onSave: Props['onSave']) {
  const t = useText()
  const navigate = useNavigate()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: onSave,
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries()
      toast(t('saved'))
      await navigate({ to: '/broadcasts/$broadcastId', params: { broadcastId: id } })
    },
  })
}
