import { Button, TextInput } from '@mantine/core'
import type { FirstTest, LetterExperiment, LetterGoal } from '@/api/generated'
import { NumberField } from '@/design'
import { useEditor } from '../state/editor'
import { nameOf, removeLetter } from '../state/letters'
import { useText } from './experimentTexts'
import { Select, Yes } from './fields'
import styles from './Panel.module.css'

const usualTest: FirstTest = { percent: 20, decide_within_hours: 24, otherwise: 'best' }
const usualGoal: LetterGoal = { kind: 'click', within_hours: 72 }

/** What is compared: by which goal, with whom, and who waits for the winner. */
export function ExperimentFields() {
  const t = useText()
  const { definition, changeDefinition } = useEditor()
  const { experiment } = definition
  const put = (next: LetterExperiment | null, tag?: string) =>
    changeDefinition((now) => ({ ...now, experiment: next }), tag)
  const change = (some: Partial<LetterExperiment>, tag?: string) =>
    put({ ...experiment, ...some }, tag)
  const held = experiment?.holdout_percent ?? 0
  const setHeld = (percent = 0) => {
    const isNothing = !percent && !experiment?.others?.length
    put(isNothing ? null : { ...experiment, holdout_percent: percent }, 'holdout')
  }
  return (
    <>
      <h2>{t('experiment')}</h2>
      <p className={styles.note}>{t('experiment_note')}</p>
      <NumberField
        label={t('holdout')}
        suffix="%"
        isWhole
        min={0}
        max={50}
        value={held || undefined}
        onChange={setHeld}
      />
      {experiment && (
        <GoalFields
          goal={experiment.goal ?? usualGoal}
          onChange={(goal) => change({ goal }, 'goal')}
        />
      )}
      {experiment?.others?.map((one, index) => (
        <div key={nameOf(index + 1)} className={styles.pair}>
          <TextInput
            label={t('letter_name', { letter: nameOf(index + 1) })}
            value={one.name ?? ''}
            maxLength={60}
            onChange={(event) => {
              const name = event.currentTarget.value
              const others = experiment.others?.map((each, at) =>
                at === index ? { ...each, name } : each,
              )
              change({ others }, `name${index}`)
            }}
          />
          <Button
            variant="subtle"
            color="shu"
            onClick={() => put(removeLetter(experiment, index + 1))}
          >
            {t('letter_remove', { letter: nameOf(index + 1) })}
          </Button>
        </div>
      ))}
      {!!experiment?.others?.length && (
        <Yes
          label={t('test_first')}
          value={!!experiment.test}
          onChange={(tests) => change({ test: tests ? usualTest : null })}
        />
      )}
      {experiment?.test && (
        <TestFields test={experiment.test} onChange={(test) => change({ test }, 'test')} />
      )}
    </>
  )
}

function GoalFields({
  goal,
  onChange,
}: {
  goal: LetterGoal
  onChange: (goal: LetterGoal) => void
}) {
  const t = useText()
  const kind = goal.kind ?? 'click'
  const choose = (next: string) =>
    onChange({
      ...goal,
      kind: next as LetterGoal['kind'],
      event: next === 'event' ? 'Product Added' : '',
    })
  return (
    <>
      <Select
        label={t('goal')}
        description={t('goal_note')}
        value={kind}
        choices={[
          ['click', t('goal_click')],
          ['order', t('goal_order')],
          ['event', t('goal_event')],
        ]}
        onChange={choose}
      />
      {kind === 'event' && (
        <TextInput
          label={t('goal_name')}
          value={goal.event ?? ''}
          onChange={(event) => onChange({ ...goal, event: event.currentTarget.value })}
        />
      )}
      <NumberField
        label={t('goal_within')}
        suffix={t('hours')}
        isWhole
        min={1}
        max={720}
        value={goal.within_hours ?? 72}
        onChange={(within) => within && onChange({ ...goal, within_hours: within })}
      />
    </>
  )
}

function TestFields({ test, onChange }: { test: FirstTest; onChange: (test: FirstTest) => void }) {
  const t = useText()
  return (
    <>
      <NumberField
        label={t('test_percent')}
        suffix="%"
        isWhole
        min={1}
        max={90}
        value={test.percent}
        onChange={(percent) => percent && onChange({ ...test, percent })}
      />
      <NumberField
        label={t('test_within')}
        suffix={t('hours')}
        isWhole
        min={1}
        max={336}
        value={test.decide_within_hours ?? 24}
        onChange={(within) => within && onChange({ ...test, decide_within_hours: within })}
      />
      <Select
        label={t('test_otherwise')}
        value={test.otherwise ?? 'best'}
        choices={[
          ['best', t('otherwise_best')],
          ['first', t('otherwise_first')],
        ]}
        onChange={(otherwise) => onChange({ ...test, otherwise: otherwise as 'best' | 'first' })}
      />
    </>
  )
}
