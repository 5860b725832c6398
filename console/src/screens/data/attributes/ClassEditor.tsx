import { Button, Checkbox, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Attribute, decideAttribute } from '@/api/generated'
import { useMay } from '@/app/session'
import { Section, toast, toastFailure, useErrorLine } from '@/design'
import { piiClasses, sensitivities } from '../choices'
import { useText } from '../texts'

export function ClassEditor({ attribute }: { attribute: Attribute }) {
  const t = useText()
  const mayWrite = useMay('write')
  const before = {
    pii: attribute.classification.pii ?? 'none',
    sensitivity: attribute.classification.sensitivity ?? 'none',
    is_proxy: attribute.classification.is_proxy ?? false,
    description: attribute.description,
    owner: attribute.owner,
  }
  const [draft, setDraft] = useState(before)
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change })
  const save = useSave(attribute, before)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(draft)
  }
  return (
    <Section title={t('decide_title')}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <NativeSelect
            label={t('pii_label')}
            data={piiClasses.map((value) => ({ value, label: t(`pii_${value}`) }))}
            value={draft.pii}
            onChange={({ currentTarget: { value } }) =>
              set({ pii: piiClasses.find((one) => one === value) ?? draft.pii })
            }
            disabled={!mayWrite}
          />
          <NativeSelect
            label={t('sensitivity_label')}
            data={sensitivities.map((value) => ({ value, label: t(`sensitivity_${value}`) }))}
            value={draft.sensitivity}
            onChange={({ currentTarget: { value } }) =>
              set({ sensitivity: sensitivities.find((one) => one === value) ?? 'none' })
            }
            disabled={!mayWrite}
          />
          {draft.sensitivity !== 'none' && (
            <Checkbox
              label={t('proxy_label')}
              checked={draft.is_proxy}
              onChange={(event) => set({ is_proxy: event.currentTarget.checked })}
              disabled={!mayWrite}
            />
          )}
          <Textarea
            label={t('description_label')}
            value={draft.description}
            onChange={(event) => set({ description: event.currentTarget.value })}
            autosize
            minRows={2}
            maxLength={1000}
            disabled={!mayWrite}
          />
          <TextInput
            label={t('owner_label')}
            value={draft.owner}
            onChange={(event) => set({ owner: event.currentTarget.value })}
            maxLength={200}
            disabled={!mayWrite}
          />
          {mayWrite && (
            <div>
              <Button type="submit" loading={save.isPending}>
                {t('save')}
              </Button>
            </div>
          )}
        </Stack>
      </form>
    </Section>
  )
}

type Draft = Pick<Attribute, 'description' | 'owner'> & {
  pii: NonNullable<Attribute['classification']['pii']>
  sensitivity: NonNullable<Attribute['classification']['sensitivity']>
  is_proxy: boolean
}

/** Sends only what was changed: the rest stays a guess. */
function useSave(attribute: Attribute, before: Draft) {
  const t = useText()
  const errorLine = useErrorLine()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (draft: Draft) => {
      const changed = <K extends keyof Draft>(field: K) =>
        draft[field] === before[field] ? undefined : draft[field]
      const { kind, event, name } = attribute
      const body = {
        kind,
        event,
        name,
        pii: changed('pii'),
        sensitivity: changed('sensitivity'),
        is_proxy: changed('is_proxy'),
        description: changed('description'),
        owner: changed('owner'),
      }
      return decideAttribute({ body, throwOnError: true })
    },
    onSuccess: async () => {
      await client.invalidateQueries()
      toast(t('saved'))
    },
    onError: (error) => toastFailure(errorLine(error)),
  })
}
