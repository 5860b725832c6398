import { Button, Group } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { LifeStages } from '@/api/generated'
import {
  countLifeStagesOptions,
  deleteLifeStagesMutation,
  getLifeStagesOptions,
  listLifeStagesQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { Confirm, Loaded, PageHeader, Section, toast, toastFailure, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import { Course } from './Course'
import { Editor } from './Editor'
import { Limits } from './Limits'
import { StageRules } from './StageRules'
import { useText } from './texts'
import { useNaming } from './words'

export default function StagesScreen() {
  const { stagesId = '' } = useParams({ strict: false }) as { stagesId?: string }
  const query = useQuery(getLifeStagesOptions({ path: { stages_id: stagesId } }))
  return (
    <Loaded query={query} lines={8} isPage>
      {(definition) => <Told definition={definition} />}
    </Loaded>
  )
}

function Told({ definition }: { definition: LifeStages }) {
  const t = useText()
  const naming = useNaming()
  const mayWrite = useMay('write')
  const [isEditing, setIsEditing] = useState(false)
  const acts = mayWrite && !isEditing && (
    <Group gap="xs">
      <Remove definition={definition} />
      <Button onClick={() => setIsEditing(true)}>{t('change')}</Button>
    </Group>
  )
  return (
    <>
      <PageHeader
        title={naming(definition)}
        reason={t('told_as', { trait: `life_stage.${definition.id}` })}
        back={{ to: '/life-stages', label: t('title') }}
        action={acts}
      />
      {isEditing ? (
        <Editor definition={definition} onDone={() => setIsEditing(false)} />
      ) : (
        <Standing definition={definition} />
      )}
    </>
  )
}

function Standing({ definition }: { definition: LifeStages }) {
  const t = useText()
  const format = useFormat()
  const counts = useQuery(countLifeStagesOptions({ path: { stages_id: definition.id } }))
  return (
    <>
      <Section title={t('people_now')} note={t('people_now_say')}>
        <Loaded query={counts}>
          {(people) => <Course stages={definition.stages} counts={people} />}
        </Loaded>
      </Section>
      <Section
        title={t('rules')}
        note={t('rules_say', { share: format.percent(definition.min_confidence ?? 0.5, 0) })}
      >
        <StageRules definition={definition} />
      </Section>
      <Limits />
    </>
  )
}

function Remove({ definition }: { definition: LifeStages }) {
  const t = useText()
  const naming = useNaming()
  const errorLine = useErrorLine()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [isAsking, setIsAsking] = useState(false)
  const remove = useMutation({
    ...deleteLifeStagesMutation(),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: listLifeStagesQueryKey() })
      toast(t('removed'))
      await navigate({ to: '/life-stages' })
    },
    onError: (error) => toastFailure(errorLine(error)),
  })
  return (
    <>
      <Button variant="default" onClick={() => setIsAsking(true)}>
        {t('remove')}
      </Button>
      <Confirm
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={() => remove.mutate({ path: { stages_id: definition.id } })}
        title={t('remove_ask', { name: naming(definition) })}
        confirmLabel={t('remove')}
        isBusy={remove.isPending}
      >
        {t('remove_what')}
      </Confirm>
    </>
  )
}
