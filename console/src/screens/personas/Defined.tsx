import { Button, Group } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { PersonaSet } from '@/api/generated'
import {
  assignPersonasMutation,
  getPersonasQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { Bars, EmptyState, Section, toast, toastFailure, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import { RulesEditor } from './RulesEditor'
import { useText } from './texts'
import { useNaming } from './words'

/** Personas somebody set down as rules: everybody is of the first that fits. */
export function Defined({ defined }: { defined: PersonaSet | null }) {
  const t = useText()
  const format = useFormat()
  const mayWrite = useMay('write')
  const [isEditing, setIsEditing] = useState(false)
  const note = defined
    ? t('defined_note', { date: format.instant(defined.made_at) })
    : t('defined_none')
  return (
    <Section
      title={t('defined')}
      note={note}
      aside={mayWrite && defined && !isEditing && <Acts onEdit={() => setIsEditing(true)} />}
    >
      {isEditing ? (
        <RulesEditor defined={defined} onDone={() => setIsEditing(false)} />
      ) : defined ? (
        <Division defined={defined} />
      ) : (
        <EmptyState
          action={
            mayWrite && (
              <Button variant="default" onClick={() => setIsEditing(true)}>
                {t('define')}
              </Button>
            )
          }
        >
          {t('defined_none_how')}
        </EmptyState>
      )}
    </Section>
  )
}

function Division({ defined }: { defined: PersonaSet }) {
  const t = useText()
  const format = useFormat()
  const naming = useNaming()
  return (
    <Bars
      title={t('division_of', { count: defined.n_people })}
      headers={[t('persona'), t('size')]}
      points={defined.personas.map((one) => ({
        label: naming(one),
        value: one.size,
        text: t('people', { count: one.size }),
        note: format.percent(one.share, 0),
      }))}
    />
  )
}

function Acts({ onEdit }: { onEdit: () => void }) {
  const t = useText()
  const errorLine = useErrorLine()
  const client = useQueryClient()
  const assign = useMutation({
    ...assignPersonasMutation(),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: getPersonasQueryKey() })
      toast(t('assigned'))
    },
    onError: (error) => toastFailure(errorLine(error)),
  })
  return (
    <Group gap="xs">
      <Button variant="default" loading={assign.isPending} onClick={() => assign.mutate({})}>
        {t('assign')}
      </Button>
      <Button variant="default" onClick={onEdit}>
        {t('define_again')}
      </Button>
    </Group>
  )
}
