import { ActionIcon, Button, Checkbox, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { NumberField } from '@/design'
import { eventOf } from '../model/asked'
import type { BranchStep, ExperimentStep, Part, SplitStep, Way } from '../model/definition'
import { makeId } from '../model/edit'
import { useBoard } from '../state/board'
import styles from './Panel.module.css'
import { useText } from './texts'
import { WhoField } from './WhoField'

const mostWays = 20

interface BranchProps {
  step: BranchStep
  onChange: (step: BranchStep, tag?: string) => void
}

/** The ways of a branch: the first that holds is taken. */
export function BranchForm({ step, onChange }: BranchProps) {
  const t = useText()
  const letInBy = eventOf(useBoard().journey.trigger)
  const set = (id: string, some: Partial<Way>, tag?: string) =>
    onChange(
      { ...step, ways: step.ways.map((one) => (one.id === id ? { ...one, ...some } : one)) },
      tag,
    )
  return (
    <>
      <p className={styles.note}>{t('branch_note')}</p>
      <ol className={styles.parts}>
        {step.ways.map((way, index) => (
          <li key={way.id}>
            <div className={styles.line}>
              <TextInput
                label={t('way_n', { n: index + 1 })}
                placeholder={t('way_label')}
                value={way.label ?? ''}
                onChange={(event) => set(way.id, { label: event.currentTarget.value }, way.id)}
              />
              {step.ways.length > 1 && (
                <Remove
                  label={t('way_remove')}
                  onRemove={() =>
                    onChange({ ...step, ways: step.ways.filter(({ id }) => id !== way.id) })
                  }
                />
              )}
            </div>
            <WhoField
              label={t('way_who')}
              value={way.when}
              letInBy={letInBy}
              onChange={(when) => when !== undefined && set(way.id, { when })}
            />
          </li>
        ))}
      </ol>
      {step.ways.length < mostWays && (
        <Button
          variant="light"
          onClick={() => {
            const way: Way = {
              id: makeId('way'),
              when: { type: 'everyone' },
              next: step.otherwise ?? null,
            }
            onChange({ ...step, ways: [...step.ways, way] })
          }}
        >
          {t('way_add')}
        </Button>
      )}
    </>
  )
}

interface PartsProps<S extends SplitStep | ExperimentStep> {
  step: S
  onChange: (step: S, tag?: string) => void
}

/** The parts of a split or an experiment, in percent. */
export function PartsForm<S extends SplitStep | ExperimentStep>({ step, onChange }: PartsProps<S>) {
  const t = useText()
  const { parts } = step
  const total = parts.reduce((sum, one) => sum + one.percent, 0)
  const put = (next: Part[], tag?: string) => onChange({ ...step, parts: next }, tag)
  const set = (id: string, some: Partial<Part>) =>
    put(
      parts.map((one) => (one.id === id ? { ...one, ...some } : one)),
      id,
    )
  return (
    <>
      <ol className={styles.parts}>
        {parts.map((part, index) => (
          <li key={part.id}>
            <div className={styles.line}>
              <TextInput
                label={t(step.type === 'experiment' && index === 0 ? 'part_control' : 'part_name')}
                placeholder={part.id.toUpperCase()}
                value={part.label ?? ''}
                onChange={(event) => set(part.id, { label: event.currentTarget.value })}
              />
              <NumberField
                label={t('percent')}
                suffix="%"
                isWhole
                min={1}
                max={100}
                value={part.percent}
                onChange={(percent) => percent !== undefined && set(part.id, { percent })}
              />
              {parts.length > 2 && (
                <Remove
                  label={t('part_remove')}
                  onRemove={() => put(evened(parts.filter(({ id }) => id !== part.id)))}
                />
              )}
            </div>
          </li>
        ))}
      </ol>
      <p className={styles.total} data-wrong={total !== 100}>
        {t(total === 100 ? 'parts_whole' : 'parts_not_whole', { total })}
      </p>
      <div>
        {parts.length < mostWays && (
          <Button
            variant="light"
            size="compact-md"
            onClick={() => {
              const next = parts.at(-1)?.next ?? null
              put(evened([...parts, { id: makeId('part'), percent: 1, next }]))
            }}
          >
            {t('part_add')}
          </Button>
        )}{' '}
        <Button variant="subtle" size="compact-md" onClick={() => put(evened(parts))}>
          {t('parts_even')}
        </Button>
      </div>
    </>
  )
}

export function WinnerField({ step, onChange }: PartsProps<ExperimentStep>) {
  const t = useText()
  return (
    <Checkbox
      label={t('decides_winner')}
      description={t('decides_winner_note')}
      checked={step.decides_winner ?? false}
      onChange={(event) => onChange({ ...step, decides_winner: event.currentTarget.checked })}
    />
  )
}

/** The same share for each; the first get what is left over. */
export function evened(parts: readonly Part[]): Part[] {
  const share = Math.floor(100 / parts.length)
  const left = 100 - share * parts.length
  return parts.map((one, index) => ({ ...one, percent: share + (index < left ? 1 : 0) }))
}

export function Remove({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={onRemove}>
      <IconTrash aria-hidden size={18} />
    </ActionIcon>
  )
}
