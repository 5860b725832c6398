import { Button, Group, NativeSelect } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { PersonStage, StageEvidence } from '@/api/generated'
import {
  correctLifeStageMutation,
  listProfileLifeStagesOptions,
  listProfileLifeStagesQueryKey,
  takeBackLifeStageMutation,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { Badge, Dialog, Loaded, Section, toast, toastFailure, useErrorLine } from '@/design'
import { useFormat } from '@/language/format'
import { useEvidenceWords, useNaming } from '../../life-stages/words'
import styles from './facts.module.css'
import { useText } from './texts'

const yearsAhead = 20

/** Where somebody is in each definition, why, how surely and until when; and the way to correct it. */
export function LifeStages({ profileId }: { profileId: string }) {
  const t = useText()
  const query = useQuery(listProfileLifeStagesOptions({ path: { profile_id: profileId } }))
  if (query.data?.length === 0) return null
  return (
    <Section title={t('stages')} note={t('stages_say')}>
      <Loaded query={query}>
        {(found) => (
          <ul className={styles.stages}>
            {found.map((one) => (
              <Standing key={one.definition.id} profileId={profileId} standing={one} />
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  )
}

interface Props {
  profileId: string
  standing: PersonStage
}

function Standing({ profileId, standing }: Props) {
  const t = useText()
  const format = useFormat()
  const naming = useNaming()
  const mayWrite = useMay('write')
  const [isAsking, setIsAsking] = useState(false)
  const { definition, until, confidence, is_declared: isDeclared, is_left_out } = standing
  const stage = definition.stages.find((one) => one.id === standing.stage)
  return (
    <li>
      <span className={styles.stageOf}>{naming(definition)}</span>
      <strong>
        {stage ? naming(stage) : t(saysNone(standing) ? 'stage_none' : 'stage_unknown')}
      </strong>
      {stage && (
        <span className={styles.stageHow}>
          <Badge tone={isDeclared ? 'good' : 'neutral'}>
            {isDeclared
              ? t('stage_declared')
              : t('stage_guess', { share: format.percent(confidence ?? 0, 0) })}
          </Badge>
          {until && mayEnd(until) && t('stage_until', { day: format.day(until) })}
        </span>
      )}
      {is_left_out ? <p>{t('stage_left_out')}</p> : <Why standing={standing} />}
      {mayWrite && !is_left_out && (
        <Button variant="default" size="xs" onClick={() => setIsAsking(true)}>
          {t('stage_correct')}
        </Button>
      )}
      {isAsking && (
        <Correction profileId={profileId} standing={standing} onClose={() => setIsAsking(false)} />
      )}
    </li>
  )
}

/** An end that nobody plans for is none. */
function mayEnd(until: string): boolean {
  return new Date(until).getFullYear() - new Date().getFullYear() < yearsAhead
}

function saysNone({ evidence }: PersonStage): boolean {
  return evidence.some((one) => one.stage === null && !one.is_over)
}

function Why({ standing: { definition, evidence } }: Pick<Props, 'standing'>) {
  const t = useText()
  return (
    <details className={styles.stageWhy}>
      <summary>{t('stage_why')}</summary>
      {evidence.length === 0 && <p>{t('stage_no_evidence')}</p>}
      <ul>
        {evidence.map((one) => (
          <Evidence key={`${one.stage} ${one.evidence}`} evidence={one} definition={definition} />
        ))}
      </ul>
    </details>
  )
}

type EvidenceProps = { evidence: StageEvidence } & Pick<PersonStage, 'definition'>

function Evidence({ evidence, definition }: EvidenceProps) {
  const t = useText()
  const format = useFormat()
  const naming = useNaming()
  const say = useEvidenceWords()
  const stage = definition.stages.find((one) => one.id === evidence.stage)
  const rule = evidence.evidence === null ? undefined : stage?.evidence[evidence.evidence]
  const words = [
    format.day(evidence.at),
    !evidence.is_declared && evidence.n_days > 0 && t('stage_days', { count: evidence.n_days }),
    evidence.is_over && t('stage_over'),
    !evidence.is_over &&
      mayEnd(evidence.until) &&
      t('stage_until', { day: format.day(evidence.until) }),
  ]
  return (
    <li data-over={evidence.is_over}>
      <strong>{stage ? naming(stage) : t('stage_none')}</strong>
      <span>{rule ? say(rule) : t('stage_told_staff')}</span>
      <small>{words.filter(Boolean).join(' · ')}</small>
    </li>
  )
}

interface CorrectionProps extends Props {
  onClose: () => void
}

function Correction({ profileId, standing, onClose }: CorrectionProps) {
  const t = useText()
  const naming = useNaming()
  const { definition, evidence } = standing
  const [stage, setStage] = useState(standing.stage ?? '')
  const { correct, takeBack, isBusy } = useCorrecting(profileId, definition.id, onClose)
  const isCorrected = evidence.some((one) => one.evidence === null)
  return (
    <Dialog title={t('stage_correct_named', { name: naming(definition) })} onClose={onClose}>
      <p>{t('stage_correct_how')}</p>
      <NativeSelect
        mt="md"
        label={t('stage_choose')}
        value={stage}
        onChange={(event) => setStage(event.currentTarget.value)}
        data={[
          ...definition.stages.map((one) => ({ value: one.id, label: naming(one) })),
          { value: '', label: t('stage_none') },
        ]}
      />
      <Group justify="flex-end" mt="lg" gap="xs">
        {isCorrected && (
          <Button variant="default" disabled={isBusy} onClick={takeBack}>
            {t('stage_take_back')}
          </Button>
        )}
        <Button loading={isBusy} onClick={() => correct(stage || null)}>
          {t('stage_save')}
        </Button>
      </Group>
    </Dialog>
  )
}

function useCorrecting(profileId: string, stagesId: string, onDone: () => void) {
  const t = useText()
  const errorLine = useErrorLine()
  const client = useQueryClient()
  const path = { profile_id: profileId, stages_id: stagesId }
  const key = listProfileLifeStagesQueryKey({ path: { profile_id: profileId } })
  const outcome = {
    // The answer is what holds from now on; a list asked for anew may not have it yet.
    onSuccess: (now: PersonStage) => {
      client.setQueryData<PersonStage[]>(key, (before) =>
        before?.map((one) => (one.definition.id === stagesId ? now : one)),
      )
      toast(t('stage_corrected'))
      onDone()
    },
    onError: (error: unknown) => toastFailure(errorLine(error)),
  }
  const put = useMutation({ ...correctLifeStageMutation(), ...outcome })
  const drop = useMutation({ ...takeBackLifeStageMutation(), ...outcome })
  return {
    correct: (stage: string | null) => put.mutate({ path, body: { stage } }),
    takeBack: () => drop.mutate({ path }),
    isBusy: put.isPending || drop.isPending,
  }
}
