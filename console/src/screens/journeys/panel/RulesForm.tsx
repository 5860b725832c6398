import { Button, Checkbox, TextInput } from '@mantine/core'
import { NumberField } from '@/design'
import { DurationField } from '../../segment-builder/fields/basics'
import { eventOf } from '../model/asked'
import type { Exit, Goal, JourneyDefinition, Json, Rules } from '../model/definition'
import { stages } from '../model/definition'
import { makeId } from '../model/edit'
import { useBoard } from '../state/board'
import { Remove } from './DecisionForms'
import { EventsField } from './EventsField'
import { Matches } from './Matches'
import styles from './Panel.module.css'
import { Pick } from './Pick'
import { useText } from './texts'
import { WhoField } from './WhoField'

interface Props {
  rules: Rules
  set: (some: Partial<Rules>, tag?: string) => void
}

/** What holds on the whole way: goal, exits, re-entry, limits; and what the journey is called. */
export function RulesForm() {
  const t = useText()
  const { journey, change } = useBoard()
  const put = (some: Partial<JourneyDefinition>, tag?: string) =>
    change((now) => ({ ...now, ...some }), tag)
  const rules = journey.rules ?? {}
  const set: Props['set'] = (some, tag) =>
    change((now) => ({ ...now, rules: { ...now.rules, ...some } }), tag)
  return (
    <div className={styles.panel}>
      <TextInput
        label={t('name')}
        value={journey.name}
        maxLength={200}
        onChange={(event) => put({ name: event.currentTarget.value }, 'name')}
      />
      <TextInput
        label={t('description')}
        value={journey.description ?? ''}
        maxLength={2000}
        onChange={(event) => put({ description: event.currentTarget.value }, 'description')}
      />
      <Pick
        label={t('stage')}
        value={journey.stage ?? ''}
        options={['', ...stages] as const}
        say={(one) => t(one === '' ? 'stage_none' : `stage_${one}`)}
        onChange={(stage) => put({ stage })}
      />
      <GoalFields rules={rules} set={set} />
      <ExitFields rules={rules} set={set} />
      <ReentryFields rules={rules} set={set} />
      <LimitFields rules={rules} set={set} />
    </div>
  )
}

const freshGoal: Goal = { events: { event: 'Order Completed' }, within: { days: 30 } }

function GoalFields({ rules, set }: Props) {
  const t = useText()
  const { goal } = rules
  const put = (some: Partial<Goal>, tag?: string) =>
    goal && set({ goal: { ...goal, ...some } }, tag)
  return (
    <section className={styles.group}>
      <h2>{t('goal')}</h2>
      {!goal && (
        <>
          <p className={styles.note}>{t('goal_none')}</p>
          <Button variant="light" onClick={() => set({ goal: freshGoal })}>
            {t('goal_add')}
          </Button>
        </>
      )}
      {goal && (
        <>
          <EventsField
            label={t('which_event')}
            value={goal.events as Json}
            onChange={(events) => put({ events }, 'goal')}
          />
          <DurationField
            label={t('goal_within')}
            value={(goal.within ?? { days: 30 }) as Json}
            onChange={(within) => put({ within }, 'within')}
          />
          <NumberField
            label={t('goal_target')}
            suffix="%"
            min={0}
            max={100}
            value={goal.target_percent ?? undefined}
            onChange={(target_percent) => put({ target_percent: target_percent ?? null }, 'target')}
          />
          <Checkbox
            label={t('goal_money')}
            checked={(goal.value ?? 'value_minor') === 'value_minor'}
            onChange={(event) => put({ value: event.currentTarget.checked ? 'value_minor' : '' })}
          />
          <Checkbox
            label={t('goal_ends')}
            checked={goal.ends_journey ?? true}
            onChange={(event) => put({ ends_journey: event.currentTarget.checked })}
          />
        </>
      )}
    </section>
  )
}

function ExitFields({ rules, set }: Props) {
  const t = useText()
  const letInBy = eventOf(useBoard().journey.trigger)
  const exits = rules.exits ?? []
  const put = (id: string, exit: Exit, tag?: string) =>
    set({ exits: exits.map((one) => (one.id === id ? exit : one)) }, tag)
  const add = (exit: Omit<Exit, 'id'>) =>
    set({ exits: [...exits, { id: makeId('exit'), ...exit }] })
  return (
    <section className={styles.group}>
      <h2>{t('exits')}</h2>
      <p className={styles.note}>{t('exits_note')}</p>
      {exits.length > 0 && (
        <ol className={styles.parts}>
          {exits.map((exit) => (
            <li key={exit.id}>
              {exit.events ? (
                <>
                  <EventsField
                    label={t('exit_event')}
                    value={exit.events as Json}
                    onChange={(events) => put(exit.id, { ...exit, events }, exit.id)}
                  />
                  <Matches matches={exit.matches} />
                </>
              ) : (
                <WhoField
                  label={t('exit_who')}
                  value={exit.when}
                  letInBy={letInBy}
                  onChange={(when) => when !== undefined && put(exit.id, { ...exit, when })}
                />
              )}
              <Remove
                label={t('exit_remove')}
                onRemove={() => set({ exits: exits.filter(({ id }) => id !== exit.id) })}
              />
            </li>
          ))}
        </ol>
      )}
      {exits.length < 10 && (
        <div>
          <Button
            variant="light"
            size="compact-md"
            onClick={() => add({ events: { event: 'Order Completed' } })}
          >
            {t('exit_add_event')}
          </Button>{' '}
          <Button
            variant="light"
            size="compact-md"
            onClick={() => add({ when: { type: 'suppressed', channel: 'email' } })}
          >
            {t('exit_add_who')}
          </Button>
        </div>
      )}
    </section>
  )
}

function ReentryFields({ rules, set }: Props) {
  const t = useText()
  const reentry = rules.reentry ?? {}
  const put = (some: Partial<typeof reentry>, tag?: string) =>
    set({ reentry: { ...reentry, ...some } }, tag)
  return (
    <section className={styles.group}>
      <h2>{t('reentry')}</h2>
      <Checkbox
        label={t('reentry_allowed')}
        checked={reentry.allowed ?? false}
        onChange={(event) => put({ allowed: event.currentTarget.checked })}
      />
      {reentry.allowed && (
        <>
          <Checkbox
            label={t('reentry_waits')}
            checked={Boolean(reentry.after)}
            onChange={(event) => put({ after: event.currentTarget.checked ? { days: 30 } : null })}
          />
          {reentry.after && (
            <DurationField
              label={t('reentry_after')}
              value={reentry.after as Json}
              onChange={(after) => put({ after }, 'after')}
            />
          )}
          <NumberField
            label={t('reentry_limit')}
            isWhole
            min={1}
            max={1000}
            value={reentry.limit ?? undefined}
            onChange={(limit) => put({ limit: limit ?? null }, 'limit')}
          />
        </>
      )}
    </section>
  )
}

function LimitFields({ rules, set }: Props) {
  const t = useText()
  return (
    <section className={styles.group}>
      <h2>{t('limits')}</h2>
      <NumberField
        label={t('entry_limit')}
        isWhole
        min={1}
        value={rules.entry_limit_per_day ?? undefined}
        onChange={(limit) => set({ entry_limit_per_day: limit ?? null }, 'entry_limit')}
      />
      <NumberField
        label={t('holdout')}
        suffix="%"
        isWhole
        min={0}
        max={50}
        value={rules.holdout_percent ?? 0}
        onChange={(holdout_percent = 0) => set({ holdout_percent }, 'holdout')}
      />
      <p className={styles.note}>{t('holdout_note')}</p>
      <NumberField
        label={t('priority')}
        isWhole
        min={0}
        max={100}
        value={rules.priority ?? 50}
        onChange={(priority = 50) => set({ priority }, 'priority')}
      />
      <Pick
        label={t('loser')}
        value={rules.loser ?? 'waits'}
        options={['waits', 'dropped'] as const}
        say={(one) => t(`loser_${one}`)}
        onChange={(loser) => set({ loser })}
      />
      <p className={styles.note}>{t('quiet_note')}</p>
    </section>
  )
}
