import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { LifeStages, StageRefusal } from '@/api/generated'
import { tryLifeStagesMutation } from '@/api/generated/@tanstack/react-query.gen'
import { NumberField, Section, toastFailure, useErrorLine } from '@/design'
import { movesOf } from '@/design/moves'
import { Course } from './Course'
import {
  type Draft,
  draftOf,
  emptyStage,
  faultOf,
  idOf,
  mostStages,
  type StageDraft,
  writeDefinition,
} from './draft'
import styles from './Editor.module.css'
import { Limits } from './Limits'
import { Refusals } from './Refusals'
import { StageCard } from './StageCard'
import { useText } from './texts'
import { useRefusals, useSave } from './writing'

interface Props {
  /** None for a new one. */
  definition?: LifeStages
  onDone: () => void
}

/** Everything of a definition as fields; what may not be inferred is told while it is written. */
export function Editor({ definition, onDone }: Props) {
  const t = useText()
  const [draft, setDraft] = useState(() => draftOf(definition))
  const [isTried, setIsTried] = useState(false)
  const fault = faultOf(draft)
  const refusals = useRefusals(draft)
  const save = useSave(onDone)
  const submit = () => {
    setIsTried(true)
    if (!fault) save.mutate({ path: { stages_id: idOf(draft) }, body: writeDefinition(draft) })
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Names draft={draft} onChange={setDraft} />
      <Refusals refusals={refusals.filter((one) => one.stage === '')} />
      <Stages draft={draft} refusals={refusals} onChange={setDraft} />
      <Trial draft={draft} isReady={!fault && refusals.length === 0} />
      <Foot isBusy={save.isPending} isRefused={refusals.length > 0} onCancel={onDone}>
        {isTried && fault && t(`fault_${fault}`)}
      </Foot>
      <Limits />
    </form>
  )
}

interface PartProps {
  draft: Draft
  onChange: (draft: Draft) => void
}

function Names({ draft, onChange }: PartProps) {
  const t = useText()
  const set = (part: Partial<Draft>) => onChange({ ...draft, ...part })
  return (
    <Section title={t('about')} isTitleHidden>
      <div className={styles.names}>
        <TextInput
          label={t('name_ja')}
          value={draft.name_ja}
          maxLength={200}
          onChange={(event) => set({ name_ja: event.currentTarget.value })}
        />
        <TextInput
          label={t('name_en')}
          value={draft.name_en}
          maxLength={200}
          onChange={(event) => set({ name_en: event.currentTarget.value })}
        />
        <NumberField
          label={t('min_confidence')}
          value={draft.min_confidence}
          onChange={(value) => set({ min_confidence: value ?? 50 })}
          min={30}
          max={95}
          isWhole
          suffix="%"
        />
      </div>
      <p className={styles.say}>{t('min_confidence_say')}</p>
    </Section>
  )
}

function Stages({ draft, refusals, onChange }: PartProps & { refusals: StageRefusal[] }) {
  const t = useText()
  const { stages } = draft
  const set = (next: StageDraft[]) => onChange({ ...draft, stages: next })
  return (
    <Section title={t('stages')} note={t('stages_say')}>
      <ol className={styles.stages}>
        {stages.map((stage, index) => (
          <StageCard
            key={stage.key}
            stage={stage}
            place={index + 1}
            isLast={index === stages.length - 1}
            refusals={refusals.filter((one) => one.stage === idOf(stage))}
            onChange={(part) =>
              set(stages.map((one) => (one.key === stage.key ? { ...one, ...part } : one)))
            }
            moves={movesOf(stages, index, set, { fewest: 2 })}
          />
        ))}
      </ol>
      <Button
        variant="light"
        disabled={stages.length >= mostStages}
        onClick={() => set([...stages, emptyStage()])}
      >
        {t('stage_add')}
      </Button>
    </Section>
  )
}

/** How many would be where, if the draft held today. */
function Trial({ draft, isReady }: { draft: Draft; isReady: boolean }) {
  const t = useText()
  const errorLine = useErrorLine()
  const trial = useMutation({
    ...tryLifeStagesMutation(),
    onError: (error) => toastFailure(errorLine(error)),
  })
  const asked = trial.variables?.body
  return (
    <Section
      title={t('trial')}
      note={t('trial_say')}
      aside={
        <Button
          variant="default"
          loading={trial.isPending}
          disabled={!isReady}
          onClick={() => trial.mutate({ body: writeDefinition(draft) })}
        >
          {t('trial_do')}
        </Button>
      }
    >
      <div aria-live="polite">
        {trial.data && asked ? (
          <Course stages={asked.stages} counts={trial.data} />
        ) : (
          <p className={styles.say}>{t('trial_not_yet')}</p>
        )}
      </div>
    </Section>
  )
}

interface FootProps {
  isBusy: boolean
  isRefused: boolean
  onCancel: () => void
  children: ReactNode
}

function Foot({ isBusy, isRefused, onCancel, children }: FootProps) {
  const t = useText()
  return (
    <div className={styles.foot}>
      {isRefused && <p className={styles.fault}>{t('refused')}</p>}
      {children && (
        <p role="alert" className={styles.fault}>
          {children}
        </p>
      )}
      <Button type="submit" loading={isBusy} disabled={isRefused}>
        {t('save')}
      </Button>
      <Button variant="subtle" onClick={onCancel}>
        {t('cancel')}
      </Button>
    </div>
  )
}
